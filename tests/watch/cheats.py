"""Every cheat the watcher must catch: how it is done, which check catches it, and whether that check is the only one."""

from watch import (
    cheats_bills,
    cheats_events,
    cheats_figures,
    cheats_index,
    cheats_links,
    cheats_log,
    cheats_orders,
    cheats_shown,
    cheats_staff,
)
from watch.cheating import CHEATS, Cheat

__all__ = [
    "CHEATS",
    "Cheat",
    "cheats_bills",
    "cheats_events",
    "cheats_figures",
    "cheats_index",
    "cheats_links",
    "cheats_log",
    "cheats_orders",
    "cheats_shown",
    "cheats_staff",
]
