"""Companies drawn apart from each other, to be landed together in one warehouse.

Within one run, Hypothesis varies a few examples many times over, which is good
for finding one failure and wasteful where each company costs the same.
"""

from hypothesis import HealthCheck, Phase, given, seed, settings

from .worlds import Tables, companies, prefixed

# The first example of a run is the plainest one, what follows is drawn at large.
EXAMPLES = 3


def drawn_companies(count: int, first_seed: int = 0) -> dict[str, Tables]:
    """So many companies by their prefix, the same ones for the same seeds."""
    return {
        f"w{number}-": prefixed(drawn_company(number), f"w{number}-")
        for number in range(first_seed, first_seed + count)
    }


def drawn_company(number: int) -> Tables:
    """The company of a seed, without a prefix."""
    examples: list[Tables] = []

    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(companies())
    def draw(tables: Tables) -> None:
        examples.append(tables)

    draw()
    return examples[-1]
