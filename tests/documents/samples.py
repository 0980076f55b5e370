"""Values for the example templates of this folder; every organisation and person is invented."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine import documents

TEMPLATES = Path(__file__).parent / "templates"
ORGANISATION = "南屿省现代物流业协会"
PEOPLE = [
    ("王䶮", "男", date(1971, 5, 3), "南屿港航物流集团有限公司党委书记、董事长", "会长"),
    ("陈静姝", "女", date(1976, 11, 20), "南屿冷链供应链股份有限公司总经理", "副会长"),
    ("欧阳承志", "男", date(1969, 2, 11), "南屿省邮政速递物流有限公司党委副书记、总经理", "副会长"),
    ("符海生", "男", date(1980, 8, 8), "南屿市顺联甩挂运输有限公司董事长", "副会长"),
    ("李㛃", "女", date(1974, 3, 1), "南屿大学交通与物流学院教授、博士生导师", "副会长"),
    ("阿依古丽·买买提", "女", date(1983, 12, 9), "南屿自贸Smart Logistics数字科技有限公司首席执行官", "副会长"),
    ("郑思远", "男", date(1979, 7, 6), "南屿省现代物流业协会专职副秘书长", "秘书长"),
]
REJECTED = [
    (
        "孙立言",
        "副会长",
        "该人选目前在3家全省性社会团体担任负责人，超过规定的数额。",
        "《全省性行业协会商会负责人任职管理办法》第十一条",
    ),
    (
        "周启帆",
        "副会长",
        "该人选所在企业被列入严重违法失信名单，尚未移出。",
        "《南屿省全省性行业协会商会负责人人选审核办法》第十二条第三项",
    ),
]


def template(kind: str) -> documents.Template:
    return documents.read_template((TEMPLATES / f"{kind}.html").read_bytes(), f"documents/{kind}.html")


def candidates(count: int = len(PEOPLE)) -> list[dict[str, Any]]:
    approved = [
        {"name": n, "gender": g, "birth": b, "unit": u, "post": p, "result": "approved", "health_internal": "内部情况"}
        for n, g, b, u, p in (PEOPLE * (count // len(PEOPLE) + 1))[:count]
    ]
    rejected = [
        {"name": n, "post": p, "reason_public": r, "clause": c, "result": "rejected"} for n, p, r, c in REJECTED
    ]
    return approved + rejected


def values(count: int = len(PEOPLE)) -> dict[str, Any]:
    """Values for every example template at once."""
    return {
        "org_name": ORGANISATION,
        "term": Decimal(3),
        "request_title": "关于第三届理事会负责人人选审核的请示",
        "request_date": date(2026, 9, 28),
        "candidates": candidates(count),
        "valid_months": Decimal(6),
        "report_days": Decimal(10),
        "copies": "南屿省民政厅，南屿省交通运输行业综合党委，中共南屿省委组织部，中共南屿省委统战部",
        "review_days": Decimal(10),
        "matter": "全省性行业协会商会负责人人选审核",
        "submitted_on": date(2026, 11, 20),
        "case": {"number": "LR-2026-0317"},
        "working_days": Decimal(30),
        "contact": "林知远，0000-65370018",
        "supplements": [
            {
                "material": f"换届工作材料第{n}号",
                "problem": "缺少经会员代表大会筹备组签字的换届方案，附件页码不连续，扫描件第3页模糊无法辨认",
                "demand": "补充签字盖章的换届方案原件扫描件，分辨率不低于300dpi",
                "clause": "《办法》第九条",
            }
            for n in range(1, 5)
        ],
        "due": date(2026, 12, 4),
        "reason": "你单位申请撤回",
        "unit": "南屿省交通运输行业综合党委",
        "days": Decimal(2),
        "late": False,
    }


def content(kind: str, count: int = len(PEOPLE)) -> documents.Content:
    return template(kind).compose(values(count))
