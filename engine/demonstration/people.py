"""Who is in the demonstration. Province, organisations and people are invented."""

from dataclasses import dataclass

DEPARTMENT = "department"


@dataclass(frozen=True)
class Organisation:
    key: str
    name: str
    kind: str
    uscc: str | None = None


@dataclass(frozen=True)
class Person:
    """One account; `posts` are (role, organisation key, title of the post)."""

    login: str
    name: str
    posts: tuple[tuple[str, str, str], ...]


ORGANISATIONS = (
    Organisation(DEPARTMENT, "中共南屿省委社会工作部", "department"),
    Organisation("assoc_coldchain", "南屿省冷链物流行业协会", "association", "51990000MJ000000XN"),
    Organisation("assoc_packaging", "南屿省包装行业协会", "association", "51990000500000015J"),
    Organisation("fed_logistics", "南屿省现代物流产业联合会筹备组", "association"),
    Organisation("party_transport", "南屿省交通运输厅党组", "party"),
    Organisation("party_logistics", "南屿省物流行业综合党委", "party"),
    Organisation("party_general", "南屿省属社会组织综合党委", "party"),
    Organisation("discipline", "省纪检监察机关", "consulted"),
    Organisation("police", "省公安厅", "consulted"),
    Organisation("court", "省高级人民法院", "consulted"),
    Organisation("market", "省市场监督管理局", "consulted"),
    Organisation("civil", "省民政厅", "consulted"),
    Organisation("tax", "省税务局", "consulted"),
    Organisation("hrss", "省人力资源和社会保障厅", "consulted"),
    Organisation("emergency", "省应急管理厅", "consulted"),
    Organisation("orgdept", "省委组织部", "consulted"),
    Organisation("united", "省委统战部", "consulted"),
    Organisation("acfic", "省工商业联合会", "consulted"),
    Organisation("environment", "省生态环境厅", "consulted"),
    Organisation("foreign", "省委外事工作委员会办公室", "consulted"),
    Organisation("development", "省发展和改革委员会", "consulted"),
    Organisation("finance", "省财政厅", "consulted"),
    Organisation("culture", "省旅游和文化厅", "consulted"),
    Organisation("fin_office", "省地方金融管理局", "consulted"),
    Organisation("fin_supervision", "金融监管机构", "consulted"),
    Organisation("transport", "省交通运输厅", "consulted"),
    Organisation("commerce", "省商务厅", "consulted"),
    Organisation("science", "省科学技术厅", "consulted"),
    Organisation("industry", "省工业和信息化厅", "consulted"),
    Organisation("agriculture", "省农业农村厅", "consulted"),
    Organisation("ocean", "省海洋渔业主管部门", "consulted"),
)


def _checker(organisation: str, name: str) -> Person:
    posts = (("joint_checker", organisation, "联审经办岗"), ("liaison", organisation, "联席会议联络员"))
    return Person(f"joint-{organisation.replace('_', '-')}", name, posts)


PEOPLE = (
    Person("coldchain", "罗知夏", (("applicant", "assoc_coldchain", "经办人"),)),
    Person("packaging", "杜若溪", (("applicant", "assoc_packaging", "经办人"),)),
    Person("formation", "卢向晚", (("applicant", "fed_logistics", "经办人"),)),
    Person("acceptor", "周明敏", (("acceptor", DEPARTMENT, "受理岗"),)),
    Person("handler-a", "吴秋澄", (("handler_a", DEPARTMENT, "承办岗A"),)),
    Person("handler-b", "韩立舟", (("handler_b", DEPARTMENT, "承办岗B"),)),
    Person("head", "林予安", (("division_head", DEPARTMENT, "行业协会商会处处长"),)),
    Person("secretary", "许知行", (("meeting_secretary", DEPARTMENT, "部务会秘书"),)),
    Person("leader", "郑怀远", (("bureau_leader", DEPARTMENT, "分管部领导"),)),
    Person("seal", "何静姝", (("seal_keeper", DEPARTMENT, "用印岗"),)),
    Person("clerk", "沈亦言", (("document_clerk", DEPARTMENT, "办公室文印岗"),)),
    Person("conference", "夏清和", (("conference_secretary", DEPARTMENT, "联席会议办公室"),)),
    Person("convenor", "陆怀瑾", (("convenor", DEPARTMENT, "联席会议召集人"),)),
    Person("supervisor", "贺闻笛", (("supervisor", DEPARTMENT, "监察岗"),)),
    Person("sysadmin", "梁守一", (("sysadmin", DEPARTMENT, "系统管理岗"),)),
    Person("publisher", "唐以诚", (("publisher", DEPARTMENT, "流程发布岗"),)),
    Person("party-transport", "钟立行", (("party_secretary", "party_transport", "党务经办岗"),)),
    Person("party-logistics", "方知远", (("party_secretary", "party_logistics", "党务经办岗"),)),
    Person("party-general", "蒋云帆", (("party_secretary", "party_general", "党务经办岗"),)),
    _checker("discipline", "严正平"),
    _checker("police", "江望川"),
    _checker("court", "苏明理"),
    _checker("market", "于清越"),
    _checker("civil", "孟知礼"),
    _checker("tax", "田以衡"),
    _checker("hrss", "童思勤"),
    _checker("emergency", "石安澜"),
    _checker("orgdept", "任知贤"),
    _checker("united", "白同舟"),
    _checker("acfic", "商以宁"),
    _checker("environment", "林清源"),
    _checker("foreign", "程远航"),
    _checker("development", "余景行"),
    _checker("finance", "陶知远"),
    _checker("culture", "薛清扬"),
    _checker("fin_office", "金怀瑜"),
    _checker("fin_supervision", "方守正"),
    _checker("transport", "陆行远"),
    _checker("commerce", "谢通达"),
    _checker("science", "宁致远"),
    _checker("industry", "季工成"),
    _checker("agriculture", "田丰年"),
    _checker("ocean", "海晏清"),
)
