"""The catalogue's tables; one file a part of the subject."""

from services.catalogue.models.categories import Category
from services.catalogue.models.finding import SearchWord, SynonymGroup
from services.catalogue.models.imports import ImportState, ServiceImport
from services.catalogue.models.parts import IntakeForm, ServiceMilestone, ServiceOption
from services.catalogue.models.pictures import Picture, PictureState, ServicePicture
from services.catalogue.models.providers import ProviderProfile
from services.catalogue.models.remarks import ServiceRemark
from services.catalogue.models.reviews import ServiceReview
from services.catalogue.models.services import (
    BillingPeriod,
    PriceKind,
    Service,
    ServiceLogEntry,
    ServiceState,
)
from services.catalogue.models.wishes import FavouriteService, WantedService

__all__ = [
    "BillingPeriod",
    "Category",
    "FavouriteService",
    "ImportState",
    "IntakeForm",
    "Picture",
    "PictureState",
    "PriceKind",
    "ProviderProfile",
    "SearchWord",
    "Service",
    "ServiceImport",
    "ServiceLogEntry",
    "ServiceMilestone",
    "ServiceOption",
    "ServicePicture",
    "ServiceRemark",
    "ServiceReview",
    "ServiceState",
    "SynonymGroup",
    "WantedService",
]
