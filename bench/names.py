"""Invented names for the copies of a case, so that a search has something to tell apart."""

from itertools import product

SURNAMES = "陈符黎王李张吴周郑冯蒋沈韩杨朱秦许何吕施"
GIVEN = "海澜明远若川知夏书宁景行予安秋澄立舟清越"
TRADES = [
    "冷链",
    "会展",
    "印刷",
    "粮食",
    "水产",
    "旅游",
    "船舶",
    "家具",
    "茶叶",
    "花卉",
    "数据",
    "软件",
    "建材",
    "陶瓷",
    "养老",
    "体育",
]
KINDS = ("物流", "流通", "加工", "服务", "设备", "贸易")
PEOPLE = ("陈海澜", "符明远", "黎若川")
ASSOCIATION = "南屿省冷链物流行业协会"

_people = [f"{family}{one}{other}" for family, one, other in product(SURNAMES, GIVEN, GIVEN)]
_trades = [trade + kind for trade, kind in product(TRADES, KINDS)]


def names(number: int) -> list[tuple[str, str]]:
    """(old, new) for the copy of that number: the three candidates, and the association in the title."""
    people = [_people[(number * 7 + place * 1009) % len(_people)] for place in range(len(PEOPLE))]
    trade = _trades[number % len(_trades)]
    return [*zip(PEOPLE, people, strict=True), (ASSOCIATION, f"南屿省{trade}行业协会")]
