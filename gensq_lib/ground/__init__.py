"""What everything stands on: errors in one sentence, places and files, device, seeds and threads. No mathematics."""
