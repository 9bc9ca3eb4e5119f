"""The kinds of items in an office, each with its document type for the type checker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

    Form_co = TypeVar("Form_co", bound=d.Document, covariant=True)

    class Kind(str, Generic[Form_co]):
        """The name of a kind. Asking for documents of a kind returns documents of its type."""
else:
    Kind = str  # a plain string, which every database driver accepts

Form = TypeVar("Form", bound="d.Document")

ACTION_TYPE: Kind[d.ActionTypeDocument] = Kind("action_type")
ALIAS: Kind[d.AliasDocument] = Kind("alias")
CYCLE: Kind[d.CycleDocument] = Kind("cycle")
MIGRATE: Kind[d.MigrateDocument] = Kind("migrate")
OFFICE: Kind[d.OfficeDocument] = Kind("office")
PLAN: Kind[d.PlanDocument] = Kind("plan")
PROPERTY: Kind[d.PropertyDocument] = Kind("property")
RENAMED: Kind[Mapping[str, str]] = Kind("moved")  # its single document: old ids -> current ids (E5)
ROLE: Kind[d.RoleDocument] = Kind("role")
TEMPLATE: Kind[d.TemplateDocument] = Kind("template")
USER: Kind[d.UserDocument] = Kind("user")
