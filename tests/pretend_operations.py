"""Which of PyTorch's operations wait for a card, index, copy, or do nothing there."""

import torch

aten = torch.ops.aten
# A value or a shape comes back to the host: the program waits for the device.
SYNCHRONISING = {
    aten._local_scalar_dense, aten.equal, aten.nonzero, aten.masked_select, aten._unique2, aten.unique_dim,
    aten.is_nonzero,
}  # fmt: skip
# CPU index tensors are allowed on a CUDA tensor.
INDEXING = {aten.index, aten.index_put, aten.index_put_, aten._unsafe_index, aten._index_put_impl_}
COPYING = {aten.copy_, aten._to_copy, aten.copy}
VIEWS_OR_ALLOCATIONS = """
    view t transpose slice select expand unsqueeze squeeze as_strided detach alias permute _unsafe_view empty empty_like
    new_empty empty_strided diagonal split split_with_sizes unbind _local_scalar_dense _reshape_alias lift_fresh
    new_empty_strided
""".split()  # noqa: SIM905
