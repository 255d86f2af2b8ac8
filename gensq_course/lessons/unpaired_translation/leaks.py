"""What makes a decipherment easier than it looks: words that both sides spell alike, and sentences that stand on both."""
from gensq_lib.text.ciphers import Unpaired


def leaks(sides: Unpaired) -> dict[str, float]:
    """Shares of what is said on the secret side: words spelled as on the plain side; sentences whose plain form stands there."""
    plain = set(sides.plain)
    words = {word for sentence in sides.plain for word in sentence}
    shared = sum(num for word, num in sides.said.items() if word in words)
    both = sum(sides.cipher.decipher(sentence) in plain for sentence in sides.secret)
    return {"shared words": shared / sides.said.total(), "same sentences": both / len(sides.secret)}
