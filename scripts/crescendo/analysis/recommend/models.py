"""The models. Each scores from a user's own items alone, so a list, a check and a new listen go through one function.

- `popular`: how many users heard the item.
- `knn`: cosine of items, the nearest K of each kept; a score is the sum over the user's items.
- `ials`: alternating least squares for implicit feedback (Hu, Koren, Volinsky 2008): confidence alpha for what was
  heard, 1 for the rest; a user's factors are solved from the user's items and the items' factors.
- `ease`: (Steck 2019) B = -P / diag(P) with P = (X'X + l I)^-1 and a diagonal of zeros. With fewer users than items
  the inverse is of users by users (Woodbury): P = (I - X' M X) / l with M = (X X' + l I)^-1.

Fitting takes one thread and a seed: the same data give the same bytes.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from scipy import linalg, sparse
from threadpoolctl import threadpool_limits

FACTORS, ROUNDS = 64, 15
# EASE inverts a matrix of the fewer of users and items, and holds one of users (or items) by items
LARGEST_INVERSE, LARGEST_DENSE = 10_000, 200_000_000


class Ranker(Protocol):
    """What ranks. `rows` are users by items, 1 if heard."""

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Users by items, float32; the higher the better."""
        ...


class Model(Ranker, Protocol):
    """What a fitted model can do."""

    @property
    def name(self) -> str:
        """popular, knn, ials or ease."""
        ...

    def contributions(self, heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Heard by wanted items: what each heard item gives to the score of each wanted one."""
        ...

    def arrays(self) -> dict[str, np.ndarray]:
        """All that `restore` needs."""
        ...


@dataclass(frozen=True)
class Popular:
    """Scores are how many users heard an item, whoever asks."""

    counts: np.ndarray
    name: str = "popular"

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """See Model."""
        return np.tile(self.counts, (rows.shape[0], 1))

    def contributions(self, heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """See Model: what was heard gives nothing."""
        return np.zeros((len(heard), len(wanted)), np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """See Model."""
        return {"counts": self.counts}


@dataclass(frozen=True)
class Knn:
    """Nearest items: `similarity` is items by items, K values a row, without the diagonal."""

    similarity: sparse.csr_matrix
    name: str = "knn"

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """See Model."""
        return (rows @ self.similarity).toarray()

    def contributions(self, heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """See Model."""
        return self.similarity[heard][:, wanted].toarray()

    def arrays(self) -> dict[str, np.ndarray]:
        """See Model."""
        of = self.similarity
        return {"data": of.data, "indices": of.indices, "indptr": of.indptr, "shape": np.array(of.shape)}


@dataclass(frozen=True)
class Ials:
    """`factors` are items by dimensions, float32."""

    factors: np.ndarray
    regularization: float
    alpha: float
    name: str = "ials"
    gram: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        wide = self.factors.astype(np.float64)
        object.__setattr__(self, "gram", wide.T @ wide + self.regularization * np.eye(wide.shape[1]))

    def users(self, rows: sparse.csr_matrix) -> np.ndarray:
        """The factors of users, float32, that fit their rows best."""
        found = np.zeros((rows.shape[0], self.factors.shape[1]), np.float32)
        for at in range(rows.shape[0]):
            heard = rows.indices[rows.indptr[at] : rows.indptr[at + 1]]
            if len(heard):
                found[at] = self._solved(heard, self.alpha * self.factors[heard].sum(axis=0))
        return found

    def _solved(self, heard: np.ndarray, right: np.ndarray) -> np.ndarray:
        own = self.factors[heard].astype(np.float64)
        return linalg.solve(
            self.gram + (self.alpha - 1) * own.T @ own, right, assume_a="sym" if self.alpha < 1 else "pos",
            check_finite=False,
        )  # fmt: skip

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """See Model."""
        return self.users(rows) @ self.factors.T

    def contributions(self, heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """See Model. They add up to the score: a user's factors are linear in the user's items."""
        solved = self._solved(heard, self.alpha * self.factors[heard].T.astype(np.float64))
        return solved.T @ self.factors[wanted].T

    def arrays(self) -> dict[str, np.ndarray]:
        """See Model."""
        return {"factors": self.factors, "settings": np.array([self.regularization, self.alpha])}


@dataclass(frozen=True)
class Ease:
    """B = left' right: `left` is k by items, sparse; `right` is k by items, dense.

    With k = items they are the identity and B itself.
    """

    left: sparse.csc_matrix
    right: np.ndarray
    name: str = "ease"

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """See Model. Of items heard the score means nothing: the diagonal is not taken out."""
        near = rows @ self.left.T
        # a product of dense matrices is BLAS's, ten times as fast as scipy's own
        crowded = near.nnz > 0.02 * near.shape[0] * near.shape[1]
        return np.asarray((near.toarray() if crowded else near) @ self.right)

    def contributions(self, heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """See Model. They add up to the score."""
        return np.asarray(self.left[:, heard].T @ self.right[:, wanted])

    def arrays(self) -> dict[str, np.ndarray]:
        """See Model."""
        of = self.left
        return {
            "data": of.data, "indices": of.indices, "indptr": of.indptr, "shape": np.array(of.shape),
            "right": self.right,
        }  # fmt: skip


def fit_popular(rows: sparse.csr_matrix, seed: int = 0) -> Popular:
    """Counts of users."""
    return Popular(np.asarray(rows.sum(axis=0), np.float32).ravel())


def fit_knn(rows: sparse.csr_matrix, seed: int = 0, *, neighbours: int = 50) -> Knn:
    """The `neighbours` items of the largest cosine with each item."""
    from implicit.nearest_neighbours import CosineRecommender

    with threadpool_limits(1):
        # one more, because an item is its own nearest
        model = CosineRecommender(K=neighbours + 1, num_threads=1)
        with warnings.catch_warnings():  # of a conversion of its own
            warnings.simplefilter("ignore")
            model.fit(rows.astype(np.float64), show_progress=False)
    similarity = model.similarity.tocsr().astype(np.float32)
    similarity.setdiag(0)
    similarity.eliminate_zeros()
    similarity.sort_indices()
    # a score sums over heard items: what they are near to
    return Knn(similarity.T.tocsr())


def fit_ials(
    rows: sparse.csr_matrix,
    seed: int = 0,
    *,
    factors: int = FACTORS,
    regularization: float = 10.0,
    alpha: float = 1.0,
    rounds: int = ROUNDS,
    progress: Callable[[int], None] | None = None,
) -> Ials:
    """Factors by `rounds` of alternation; `progress` is told the number of each."""
    from implicit.cpu.als import AlternatingLeastSquares

    with threadpool_limits(1):
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=regularization,
            alpha=alpha,
            iterations=rounds,
            random_state=seed,
            num_threads=1,
            use_native=True,
        )
        told = {"callback": lambda number, *_: progress(number + 1)} if progress else {}
        model.fit(rows, show_progress=False, **told)
    return Ials(np.ascontiguousarray(model.item_factors), regularization, alpha)


def can_ease(shape: tuple[int, int]) -> bool:
    """Whether EASE fits into some 4 GiB for a matrix of users by items."""
    return min(shape) <= LARGEST_INVERSE and min(shape) * shape[1] <= LARGEST_DENSE


def fit_ease(rows: sparse.csr_matrix, seed: int = 0, *, penalty: float = 100.0) -> Ease:
    """The weights of one ridge regression for each item, all at once."""
    users, items = rows.shape
    wide = rows.astype(np.float64)
    with threadpool_limits(1):
        if users < items:
            inverse = _inverse((wide @ wide.T).toarray(), penalty)
            right = np.asarray((wide.T @ inverse).T)  # M X, as M is symmetric
            # P_jj = (1 - x_j' M x_j) / l and B_ij = x_i' M x_j / (l P_jj)
            left_over = 1 - np.asarray(wide.multiply(right).sum(axis=0)).ravel()
            return Ease(rows.tocsc(), (right / left_over).astype(np.float32))
        inverse = _inverse((wide.T @ wide).toarray(), penalty)
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        return Ease(sparse.identity(items, np.float32, "csc"), weights.astype(np.float32))


def _inverse(gram: np.ndarray, penalty: float) -> np.ndarray:
    np.fill_diagonal(gram, gram.diagonal() + penalty)
    factor, _ = linalg.lapack.dpotrf(gram, lower=True, overwrite_a=True)
    inverse, _ = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    lower = np.tril(inverse)
    return lower + np.tril(lower, -1).T


FITTING: dict[str, Callable[..., Any]] = {
    "popular": fit_popular,
    "knn": fit_knn,
    "ials": fit_ials,
    "ease": fit_ease,
}


def restore(name: str, arrays: dict[str, np.ndarray]) -> Model:
    """The model that `arrays()` took apart."""
    if name == "popular":
        return Popular(arrays["counts"])
    if name == "ials":
        regularization, alpha = map(float, arrays["settings"])
        return Ials(arrays["factors"], regularization, alpha)
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    shape = tuple(map(int, arrays["shape"]))
    if name == "knn":
        return Knn(sparse.csr_matrix(parts, shape=shape))
    return Ease(sparse.csc_matrix(parts, shape=shape), arrays["right"])
