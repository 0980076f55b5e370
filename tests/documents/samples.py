"""Values for the templates that the repository issues and prints; every organisation and person is invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine import documents, packages

FOLDERS = (
    Path(__file__).parent / "templates",  # of the ordinary format, which no process of the repository issues
    Path("bpmn/leader_review/documents"),
)
ELSEWHERE = {  # what other processes issue beside documents of the same kinds
    "D10": "party_dual_filing",
    "D11": "federation_formation",
    "JC": "joint_conference",
    "JN": "joint_conference",
    "JT": "joint_conference",
    "PF": "party_dual_filing",
}
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


DOCUMENTS = sorted({path.stem for folder in FOLDERS for path in folder.glob("[DT]*.html")} | set(ELSEWHERE))
SHEETS = sorted({path.stem for folder in FOLDERS for path in folder.glob("S*.html")})
KINDS = DOCUMENTS + SHEETS
CHAIR = "林知远"


def template(kind: str) -> documents.Template:
    file = FOLDERS[0] / f"{kind}.html"
    if file.exists():
        return documents.read_template(file.read_bytes(), f"documents/{kind}.html")
    return _templates(ELSEWHERE.get(kind, FOLDERS[1].parent.name))[kind]


@cache
def _templates(package: str) -> dict[str, documents.Template]:
    compiled = packages.compile(packages.load_folder(FOLDERS[1].parent.parent / package))
    return {**compiled.documents, **compiled.prints}


def people(count: int = len(PEOPLE)) -> list[dict[str, Any]]:
    """Approved as many, and two rejected."""
    blank = {
        "title": "",
        "id_no": "990000196805120015",
        "reason_public": "",
        "clause_source": "",
        "health_internal": "内部情况",
    }
    registered = {
        "ethnicity": "汉族",
        "education": "研究生",
        "political_status": "中共党员",
        "id_type": "居民身份证",
        "terms_served": Decimal(1),
        "member_unit": "南屿港航物流集团有限公司",
        "resume": [
            {"since": "1993.07", "until": "2001.03", "unit": "南屿港务局科员、副科长"},
            {"since": "2001.03", "until": None, "unit": "南屿港航物流集团有限公司副总经理，党委书记、董事长"},
        ],
        "filing_type": "党组织负责人任免",
        "content": "同意王䶮同志任党支部书记。",
        "concurrent_posts": [{"society": "南屿省港口协会", "position": "理事", "is_legal": "否"}],
    }
    approved = [
        {**blank, **registered, "name": n, "gender": g, "birth": b, "employer": u, "post": p, "result": "approved"}
        for n, g, b, u, p in (PEOPLE * (count // len(PEOPLE) + 1))[:count]
    ]
    return approved + [
        {**blank, "name": n, "gender": "男", "birth": date(1975, 6, 1), "employer": "南屿顺达冷链有限公司", "post": p}
        | {"reason_public": r.rstrip("。"), "clause_source": c, "result": "rejected"}
        for n, p, r, c in REJECTED
    ]


def values(count: int = len(PEOPLE)) -> dict[str, Any]:
    """Values for every template at once, in the names of the package that issues them; lists of about so many."""
    everybody = people(count)
    day = date(2026, 12, 4)
    evening = datetime(2026, 12, 4, 16, tzinfo=UTC)  # 2026年12月5日 in the office's own zone
    return {
        "case": {"number": "LR-2026-0317", "organisation_name": ORGANISATION, "submitted_on": date(2026, 11, 20)},
        "trigger": "换届",
        "items": everybody,
        "person": everybody[0],
        "party_body": {"name": "南屿省交通运输行业综合党委"},
        "promise": {"working_days": Decimal(30)},
        "parameters": {"validity_months": Decimal(6), "report_days": Decimal(10), "review_days": Decimal(10)}
        | {"preparation_months": Decimal(6)},
        "termination": "withdrawn",
        "document": {"date": day},
        "waiting": ["南屿省公安厅", "南屿省税务局"],
        "matter": "部门联审",
        "supplement_due": evening,
        "supplement_items": [
            {
                "material": f"换届工作材料第{n}号",
                "problem": "缺少经会员代表大会筹备组签字的换届方案，附件页码不连续，扫描件第3页模糊无法辨认",
                "requirement": "补充签字盖章的换届方案原件扫描件，分辨率不低于300dpi",
                "basis": "《办法》第九条",
            }
            for n in range(1, 5)
        ],
        "term_no": Decimal(3),
        "contact": {"name": "行业协会商会处", "telephone": "0000-65370018"},
        "refusal": {"reason_public": "申请单位登记的活动地域为南屿市", "competent": "中共南屿市委社会工作部"},
        "unit": {"name": "南屿省高级人民法院"},
        "registrar": "南屿省民政厅",
        "exception_public": "请依法处理",
        "unreviewed": ["符明远"],
        "reply_due": evening,
        "publicity": {"starts": date(2026, 11, 24), "ends": date(2026, 11, 30)},
        "meeting": {
            "subject": f"{ORGANISATION}换届负责人人选",
            "date": date(2026, 11, 23),
            "chair": CHAIR,
            "view": "各承办单位审核程序规范，材料齐全，同意提交表决。",
            "members": Decimal(9),
            "present": Decimal(8),
            "recused": Decimal(1),
            "attended": [one["name"] for one in everybody if one["result"] == "approved"],
            "excused": ["周启帆"],
            "observers": ["孙立言（行业协会商会处）"],
            "recusals": ["符海生"],
            "missing": ["南屿省公安厅"],
            "actions": [{"text": f"做好第{n}项后续衔接。", "unit": "行业协会商会处", "due": day} for n in ("一", "二")],
            "copies": ["部领导", "各处室"],
        },
        "resolutions": [
            {
                "label": f"{one['name']}，拟任{one['post']}",
                "agree": Decimal(7),
                "against": Decimal(0),
                "abstain": Decimal(0),
                "result": "approved",
            }
            for one in everybody
            if one["result"] == "approved"
        ],
        "transfers": [{"name": f"移交材料第{n}号", "copies": Decimal(n)} for n in range(1, count + 1)],
        "extension": {
            "reason_public": "需要核实的情况较多",
            "approved_by": CHAIR,
            "what": "办理期限",
            "working_days": Decimal(10),
            "until": day,
        },
        "units": [{"unit": f"南屿省第{n}厅", "subject": "有无不宜任职的情形"} for n in range(1, count + 1)],
        "filing": {"count": Decimal(count), "pages": Decimal(86)},
        **_of_other_processes(count),
        "signatory": "",
        "copy_number": "000012",
        "precedence": "特急",
        "extra": "",
        "opinions": [
            {"level": level, "person": person, "date": day, "opinion": "同意。"}
            for level, person in (("承办人意见", "陈静姝"), ("处室意见", "郑思远"), ("部领导意见", CHAIR))
        ],
        "served": [{"name": "审核意见函", "number": "屿社工函〔2026〕18号", "copies": Decimal(1)}],
        "filed": [
            {"number": f"屿社工函〔2026〕{n}号", "author": "社会工作部", "name": f"第{n}件", "date": day, "page": n}
            for n in range(1, count + 1)
        ],
    }


def _of_other_processes(count: int) -> dict[str, Any]:
    day = date(2026, 12, 4)
    topic = {"proposer": "省民政厅", "kind": "vote", "brief": "两家协会的业务范围重叠。", "proposal": "同意合并筹备。"}
    return {
        "fed_name": "南屿省现代物流产业联合会",
        "conference_result": "modify",
        "conference_content": "请补充冷链、港航两个产业链的代表性企业名单",
        "lead": {"name": "南屿省交通运输行业综合党委"},
        "party_no": "屿社党备2026-0031",
        "follow_up": "召开党员大会选举支部委员会，并在15日以内报送选举结果。",
        "follow_up_on": day,
        "crossed": True,
        "member": {"name": "南屿省民政厅", "role": "member"},
        "conference_title": "南屿省行业协会商会改革发展联席会议第二次全体会议",
        "topics": [topic | {"title": f"第{n}项议题"} for n in range(1, count + 1)],
        "meeting_on": day,
        "meeting_time": "15:00",
        "place": "省委会议中心三号会议室",
        "reply_by": datetime(2026, 12, 1, 16, tzinfo=UTC),
        "action": {"name": "南屿省民政厅", "task": "拟订合并方案", "partners": "省工商业联合会", "due": day},
        "meeting_date": date(2026, 11, 20),
    }


def content(kind: str, count: int = len(PEOPLE)) -> documents.Content:
    return template(kind).compose(values(count))
