"""What lead tools, call centres and ad platforms send: one record per line, as JSON or as a table.

A feed with other columns is mapped to these by a file beside it (`ingest` reads it); nothing here is changed for it.
"""

from crescendo.shapes import Document, Field, Source

UTM = (
    Field("utm_source", note="Where the click came from, as tagged; case and spaces vary."),
    Field("utm_medium", note="Kind of the click, as tagged."),
    Field("utm_campaign", note="Campaign, as tagged."),
)

LEADS = Document(
    name="lead",
    of_people=True,
    table="leads",
    signature=("lead_id", "created_at", "status"),
    note="A lead as the form or call tracking tool has it at the moment of the export; sent again when it changes.",
    fields=(
        Field("lead_id", required=True, note="Id of the lead in its tool."),
        Field("created_at", "moment", note="Moment at which the form was sent or the call came in."),
        Field("updated_at", "moment", note="Moment of the last change; the latest version of a lead counts."),
        Field("direction", note="inbound if the person calls, outbound if the advertiser does."),
        Field("form_id", note="Form that was filled in."),
        Field("landing_page", note="Address of the page; its parameters may be personal."),
        *UTM,
        Field("utm_content", note="Advertisement, as tagged."),
        Field("utm_term", note="Keyword, as tagged; click ids may be glued to it."),
        Field("click_id", note="Id of the click, gclid and the like."),
        Field("affiliate_id", note="Publisher that brought the lead."),
        Field("declared_channel", note="Channel by the tool's own label; accents and case vary."),
        Field("email_hash", note="Hash of the e-mail address, made at the door."),
        Field("phone_hash", note="Hash of the phone number, made at the door."),
        Field("phone_valid", "flag", note="Whether the number can be called."),
        Field("postcode", note="Postcode of the person."),
        Field("product", note="What the person asks for."),
        Field("consent", "flag", note="Whether the person may be called; without it the lead is counted only."),
        Field("status", note="new, validated, rejected, duplicate or test."),
        Field("rejection_reason", note="bad_phone, out_of_target, duplicate, no_consent, incomplete or fraud."),
        Field("validated_at", "moment", note="Moment of validation."),
    ),
)

CALLS = Document(
    name="call",
    of_people=True,
    table="call_attempts",
    signature=("call_id", "called_at", "outcome"),
    note="An attempt to reach a lead by phone, as the call centre has it.",
    fields=(
        Field("call_id", required=True, note="Id of the call."),
        Field("lead_id", note="Lead that was called; may be missing or unknown."),
        Field("called_at", "moment", note="Moment of the call."),
        Field("attempt_no", "count", note="Number of the attempt by the centre's count."),
        Field(
            "outcome",
            note="reached, no_answer, busy, voicemail, wrong_number, switched_off, callback or refused.",
        ),
        Field("duration_s", "count", note="Length in seconds; 0 if nobody was reached."),
        Field("centre", note="internal or external; the external calls of some weeks are missing."),
    ),
)

SPEND = Document(
    name="spend",
    table="media_spend",
    signature=("date", "platform", "campaign_id", "spend"),
    note="What a campaign cost on a day, or in a week or month; sent again when the platform restates it.",
    fields=(
        Field("date", "period", required=True, note="Day, ISO week (2025-W05) or month (2025-01) of the spend."),
        Field("platform", required=True, note="Ad platform, 'google_ads'."),
        Field("account_id", note="Account on the platform."),
        Field("campaign_id", note="Campaign on the platform."),
        Field("campaign_name", note="Name of the campaign; it tells its channel."),
        Field("impressions", "count", note="Times that it was shown."),
        Field("clicks", "count", note="Clicks."),
        Field("spend", "decimal", required=True, note="Amount, with a decimal point or comma; below zero if a credit."),
        Field("currency", note="ISO 4217 code, 'EUR'."),
        Field("platform_conversions", "count", note="Conversions by the platform's own count."),
    ),
)

DEALS = Document(
    name="deal",
    of_people=True,
    table="deals",
    signature=("lead_id", "won_at"),
    note="A sale that came of a lead.",
    fields=(
        Field("lead_id", required=True, note="Lead that was won."),
        Field("won_at", "moment", note="Moment of the sale."),
    ),
)

TOUCHES = Document(
    name="touch",
    of_people=True,
    table="touches",
    signature=("lead_id", "touched_at"),
    note="A visit before a lead, if the tool knows them.",
    fields=(
        Field("lead_id", required=True, note="Lead that the visit led to."),
        Field("touched_at", "moment", note="Moment of the visit."),
        *UTM,
        Field("click_id", note="Id of the click, gclid and the like."),
        Field("affiliate_id", note="Publisher that brought the visit."),
    ),
)

SOURCE = Source(
    "leads",
    documents=(LEADS, CALLS, SPEND, DEALS, TOUCHES),
    note="Marketing leads: what comes in, how it is called back, and what was spent on it.",
)
