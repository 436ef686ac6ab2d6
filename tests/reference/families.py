"""A payer with the accounts that it pays for: the rows that its bills are made of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .landing import read_company
from .periods import Grid, Span, bill_dates
from .records import Company, Row, Rows, current_rows
from .terms import Terms
from .timelines import end_of_life, timeline


@dataclass(frozen=True)
class Family:
    """Rows of a payer's family alone; `strays` are members whose chain of payers breaks off."""

    payer_id: str
    rows: Rows
    company: Company
    strays: frozenset[str]

    @property
    def calendar(self) -> Grid | None:
        """The payer's bill dates, None as long as nothing starts them (rule 31)."""
        payer = self.company.accounts[self.payer_id]
        happened = [*self.company.subscriptions.values(), *self.company.one_time_charges]
        return bill_dates(self.company, payer) if payer.billing_anchor or happened else None

    def cycle_before(self, on: date) -> Span | None:
        """The cycle that ends on the payer's latest bill date by a date (rule 30)."""
        calendar = self.calendar
        if calendar is None:
            return None
        index = calendar.index_of(on)
        return Span(calendar.boundary(index - 1), calendar.boundary(index))

    def require_known_plans(self, until: date) -> None:
        """Raises LookupError when a subscription enters a plan that has not landed (rule 32)."""
        plans = {row["plan_id"] for row in current_rows(self.rows, "plans", "plan_id")}
        for subscription in self.company.subscriptions.values():
            changes = self.company.changes[subscription.subscription_id]
            for stretch in timeline(subscription, changes):
                if stretch.span.start <= until and stretch.plan_id not in plans:
                    raise LookupError(f"unknown plan {stretch.plan_id}")

    def is_living(self, on: date) -> bool:
        """Whether a subscription goes on after a date (rule 44)."""
        return any(
            end_of_life(each, self.company.changes[each.subscription_id]) > on
            for each in self.company.subscriptions.values()
        )


def families(rows: Rows, terms: Terms, anchors: Mapping[str, date]) -> Iterator[Family]:
    """Every payer's family; `anchors` are those that closes found (rule 2)."""
    members: dict[str, list[Row]] = defaultdict(list)
    strays: dict[str, set[str]] = defaultdict(set)
    for account_id, account in terms.accounts.items():
        payer_id, is_known = terms.payer_of(account_id)
        if not is_known:
            strays[payer_id].add(account_id)
        own = dict(account)
        if account_id == payer_id:
            own["payer_account_id"] = ""
            own["billing_anchor"] = own.get("billing_anchor") or str(anchors.get(payer_id, ""))
        members[payer_id].append(own)
    for payer_id, accounts in members.items():
        of_family = {**rows, "accounts": accounts}
        company = read_company(of_family)
        yield Family(payer_id, of_family, company, frozenset(strays[payer_id]))
