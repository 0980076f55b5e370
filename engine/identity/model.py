"""People as commands see them: who somebody is, and which posts they hold today."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """A post of an organisation. Tasks go to posts, never to people."""

    id: str
    role: str
    title: str
    organisation_id: str
    organisation_key: str
    organisation_name: str
    organisation_kind: str
    organisation_uscc: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who is signed in, with the posts of the day."""

    person_id: str
    login: str
    name: str
    posts: tuple[Post, ...]
    session_epoch: int = 0

    @property
    def post_ids(self) -> frozenset[str]:
        return frozenset(post.id for post in self.posts)

    @property
    def is_department(self) -> bool:
        return any(post.organisation_kind == "department" for post in self.posts)

    def holds(self, role: str) -> bool:
        return any(post.role == role for post in self.posts)

    def organisations(self, role: str) -> frozenset[str]:
        """Keys of the organisations in which the person holds the role."""
        return frozenset(post.organisation_key for post in self.posts if post.role == role)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person proved who they are, once more, at this moment: the record of a will to sign."""

    person_id: str
    at: datetime
