"""What adversarial training minimises: losses as a table, penalties on the discriminator's slope."""
