"""A small classifier as an instrument: what generated pictures are worth as training data, and a space to compare them in."""
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class Classifier(nn.Module):
    """Two hidden layers; the second one, before its threshold, is the feature space of a Fréchet distance."""

    def __init__(self, *, data_dim: int = 64, hidden_dim: int = 64, feature_dim: int = 16, num_classes: int = 10):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(data_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, feature_dim))
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(feature_dim, num_classes))

    def features(self, x: Float[Tensor, "batch pixel"]) -> Float[Tensor, "batch feature"]:
        """The feature space, without gradient."""
        with torch.no_grad():
            return self.body(x)

    def forward(self, x: Float[Tensor, "batch pixel"]) -> Float[Tensor, "batch class"]:
        """The logits of the classes."""
        return self.head(self.body(x))

    def accuracy(self, x: Float[Tensor, "batch pixel"], labels: Int[Tensor, "batch"]) -> float:
        """Share of examples whose label comes first."""
        with torch.no_grad():
            return (self(x).argmax(-1) == labels).float().mean().item()


def trained_classifier(x: Float[Tensor, "batch pixel"], labels: Int[Tensor, "batch"], *, seed: int, steps: int = 200,
                       num_classes: int = 10) -> Classifier:
    """Trained on all examples at once, with weight decay; the caller's random state is left alone.

    Train it on generated pictures and test it on real ones, and its accuracy says what the pictures are worth; the same
    classifier trained on real ones is the mark to hold it against.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Classifier(data_dim=x.shape[1], num_classes=num_classes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()
    return model.eval()
