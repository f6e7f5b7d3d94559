"""The colours of the pictures: few, chosen by hand, named after what they feel like."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Palette:
    """`deep` and `ground` lie behind, `hues` come forward, `light` is the eye's goal, `ink` the dark."""

    deep: str
    ground: str
    hues: tuple[str, str, str, str]
    light: str
    ink: str


PALETTES: dict[str, Palette] = {
    "ember": Palette("#2a0f2d", "#a8195a", ("#c9305f", "#e35b43", "#f28a45", "#f8bd66"), "#ffe6ad", "#1a0a1d"),
    "lagoon": Palette("#06262e", "#0f6c70", ("#17867f", "#3bb19c", "#85d3b3", "#cdeccb"), "#fff3cf", "#041519"),
    "midnight": Palette("#0b0d26", "#272c7c", ("#3b3fae", "#6b60d6", "#9d88ee", "#d5c3f9"), "#fff0cf", "#06071a"),
    "moss": Palette("#11190d", "#3b571f", ("#557628", "#809f3d", "#b3c45e", "#e4e2a6"), "#fbf5d6", "#0a1007"),
    "amber": Palette("#29120a", "#9c4512", ("#c4651d", "#e6902f", "#f5bd60", "#fde2a6"), "#fff4da", "#190b05"),
    "plum": Palette("#1a0a2b", "#55207f", ("#7a38cf", "#ad5cec", "#e48be0", "#fbc6d8"), "#ffeacb", "#0f061a"),
    "cobalt": Palette("#08153a", "#1744ad", ("#2e67e0", "#5d98f2", "#a2c6fa", "#e0ecff"), "#ffd36e", "#050c22"),
    "dusk": Palette("#2b1c4d", "#e58a72", ("#8d4f7f", "#633d74", "#452e64", "#2c2150"), "#ffe4b8", "#170f33"),
    "aurora": Palette("#04121f", "#0b3a49", ("#149f86", "#46d9ad", "#7a70ee", "#b98af5"), "#ecfff5", "#020a12"),
    "slate": Palette("#15191f", "#3b4551", ("#566270", "#7f8c98", "#acb5bd", "#dadddf"), "#f2a65a", "#0a0d11"),
    "rose": Palette("#fbe3da", "#f6c6bd", ("#ee9c95", "#dc5f78", "#9c325f", "#511f4c"), "#fff7f0", "#2b1130"),
    "frost": Palette("#dbe9f2", "#f0f5f7", ("#a9cadd", "#6d9fc1", "#37709b", "#1b4269"), "#ffffff", "#0d2440"),
    "citrus": Palette("#fdf1cf", "#f9dc92", ("#f5bd3c", "#ec872d", "#d4482d", "#2d4f5b"), "#fffaf0", "#182830"),
    "mint": Palette("#e6f3ea", "#c8e5d6", ("#8ccbb0", "#3f9f88", "#1f6a6a", "#143f4b"), "#f47c4f", "#0b262d"),
    "poster": Palette("#f1e7d8", "#e7d9c4", ("#d6452d", "#20406b", "#efb43c", "#8fb5a8"), "#fffaf0", "#1d1b20"),
    "oak": Palette("#3a2415", "#8a5a31", ("#a8733f", "#c4925a", "#dcb683", "#efd8b0"), "#f8ead0", "#22140b"),
}
