"""Who may act on a running case beside its tasks: the posts that the package gives the authority to."""

from engine.cases.door import Sight, hidden, sight
from engine.cases.loading import Loaded
from engine.errors import Forbidden
from engine.identity import Actor, Post
from engine.packages import CompiledPackage

NAMES = {
    "remind": "催办",
    "suspend": "中止和恢复",
    "terminate": "终止",
    "extend": "延长期限",
    "reviewers": "增减会签人员",
    "register": "查看发文登记簿",
    "revoke": "撤销文书",
    "correct": "更正或重发文书",
    "ledger": "查看和导入党建责任台账",
    "group": "批量发起",
}


def authorised(package: CompiledPackage, actor: Actor, verb: str) -> bool:
    """Whether a post of the actor in the department has this authority in cases of the package."""
    return authorised_post(package, actor, verb) is not None


def authorised_post(package: CompiledPackage, actor: Actor, verb: str) -> Post | None:
    """The first post of the actor in the department that has it."""
    roles = package.manifest.authority.get(verb, ())
    return next((post for post in actor.posts if post.is_department and post.role in roles), None)


def authorise(package: CompiledPackage, actor: Actor, loaded: Loaded, verb: str) -> str:
    """The post by which the actor acts; `NotFound` for those who may not see the case, `Forbidden` for the others."""
    if sight(actor, loaded.case, ()) is not Sight.FULL:
        raise hidden()
    post = authorised_post(package, actor, verb)
    if post is not None:
        return post.id
    raise Forbidden(f"你的岗位不能{NAMES[verb]}这件申请。", code="case.authority", verb=verb)
