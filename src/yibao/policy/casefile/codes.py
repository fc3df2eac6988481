"""The codes a case file may use: the published vocabulary of the contract, in one place."""

from typing import Literal

Scheme = Literal["employee", "resident"]
Relation = Literal["unit", "individual", "unemployed", "resident", "student", "newborn"]
Status = Literal["normal", "suspended", "ended"]
YearsKind = Literal["actual", "deemed", "converted", "military"]
Applicant = Literal["payer", "relative", "heir", "guardian", "proxy", "unit", "agency"]
Sex = Literal["M", "F"]
PaymentKind = Literal["annual", "monthly", "lump_sum", "back"]
Payer = Literal["person", "relative", "unit", "unemployment_fund", "finance"]
Fund = Literal["pool", "account", "large_claim"]
Collector = Literal["tax", "agency"]
Standard = Literal["prescribed", "county"]
BenefitKind = Literal["outpatient", "inpatient", "account"]
FailureCause = Literal["system", "agency"]
MisPosted = Literal["name", "id", "bank", "tier", "amount"]
Channel = Literal["app", "tax_wechat", "window", "agency_list", "web", "post"]
Reason = Literal[
    "unemployment_overlap",
    "moved_to_unit",
    "laid_off",
    "duplicate",
    "concession",
    "subsidy",
    "death",
    "retired_overpay",
    "late_formalities",
    "years_redetermined",
    "stop_failed",
    "mis_posted",
    "double_identity",
    "after_season",
    "base_resettlement",
    "enlisted",
    "emigrated",
    "imprisoned",
    "household_cancelled",
    "school_moved",
    "left_household",
    "elsewhere",
    "agency_list",
    "tier_change",
    "wish",
]
Material = Literal[
    "payment_proof",
    "id_document",
    "bank_card",
    "household_book",
    "unemployment_record",
    "death_certificate",
    "heir_relation_proof",
    "concession_proof",
    "employment_record",
    "retirement_approval",
    "redetermination",
    "other_place_certificate",
    "incident_record",
    "enlistment_proof",
    "emigration_proof",
    "subsidy_proof",
    "stop_proof",
    "village_statement",
    "account_relation_proof",
    "promise_letter",
]
PlainEventKind = Literal[
    "stop_requested",
    "double_identity",
    "land_taken",
    "enlisted",
    "emigrated",
    "imprisoned",
    "household_cancelled",
    "school_moved",
    "left_household",
]
