"""Long lists are shown a page at a time."""

PAGE = 50
COUNTED = 1000  # no list is counted further
LAST = 10_000  # whoever looks further back searches


def offset(page: int) -> int:
    """How many rows stand before a page; pages count from 1, and whatever an address says is brought into reach."""
    return (min(max(page, 1), LAST) - 1) * PAGE


def pages(total: int) -> int:
    """How many pages so many rows have; an empty list has one."""
    return max(1, -(-total // PAGE))
