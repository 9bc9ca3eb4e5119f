"""Column names that other programs use for contact fields. Names are compared folded: letters and digits only.

Of several columns for one field the first of these names comes first. To know another program is to add its names here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

FIELDS = (
    "id",
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "owner",
    "source",
    "type",
    "property",
    "cycle",
    "stage",
    "groups",
    "do_not_contact",
    "created_at",
    "notes",
    "company",
    "emails",
    "phones",
)

#: What a file may call by several columns: a row's first that says something counts, or all of them do.
MANY = frozenset(
    ("name", "first_name", "last_name", "email", "phone", "company", "notes", "groups", "emails", "phones")
)

#: The first two columns of a refused rows file; they are ours, not the contact's.
REPORT = ("line", "reason")

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "id": """id contactid recordid recordidcontact personid leadid registrantid customerid clientid externalid
        prospectid recordnumber custno custnum custid customerno customernumber clientno contactno kundennummer
        kundennr numeroclient numerodecliente""",
        "name": """name fullname contactname displayname personname leadname customername clientname registrantname
        contact prospectname fullnm custnm customernm nom nomcomplet nombre nombrecompleto nome nomecompleto
        ansprechpartner displayas fileas""",
        "first_name": "firstname givenname forename first prenom vorname contactfirstname firstnm",
        "last_name": """lastname familyname surname last nachname familienname nomdefamille apellido apellidos
        cognome sobrenome contactlastname lastnm""",
        "email": """email emailaddress mail emailvalue primaryemail workemail emailwork personemailwork
        personemail contactemail homeemail personemailhome emailother personemailother emailhome emailpersonal
        personalemail privateemail businessemail otheremail secondaryemail alternateemail alternativeemail
        additionalemail emailsecondary emailalternate emailaddr emailid emailadresse mailadresse adresseemail
        adressemail courriel correo correoelectronico emailgeschaftlich emailprivat""",
        "phone": """phone phonenumber telephone mobilephone mobile mobilenumber mobilephonenumber cellphone cell
        cellphonenumber cellnumber phonevalue primaryphone personphonework personphonemobile personphonehome
        personphoneother personphone tel phonemobile phonecell phonework phonehome phoneother homephone businessphone
        workphone officephone otherphone secondaryphone alternatephone alternativephone additionalphone
        daytimephone eveningphone dayphone directphone directline contactphone homephonenumber workphonenumber
        businessphonenumber homenumber worknumber cellph mobileph mobileno cellno homeph workph busph phoneno telno
        companymainphone companyphone carphone callback whatsapp whatsappnumber handy handynummer mobil mobiltelefon
        mobilnummer telefon telefonnummer telefonprivat telefongeschaftlich festnetz telefono movil celular
        telefonomovil portable telephoneportable telephonemobile telephonefixe telefone cellulare""",
        "owner": """owner contactowner leadowner ownername ownerfullname owneralias recordowner assignedto
        assigneduser salesrep salesperson agent assignedagent personowner accountmanager salesexec slsmn
        salespersonnm verkaufer zustandig betreuer vendeur conseiller vendedor propietario""",
        "source": """source leadsource originalsource originalsourcetype contactsource leadorigin howdidyouhear
        hearabout leadsrc quelle provenance origen""",
        "type": "type contacttype leadtype persontype customertype kontaktart",
        "property": "property project community development propertyname projectname projekt projet proyecto",
        # Our own export has both: `alias` is what was chosen, `cycle` is its cycle.
        "cycle": "alias cycle cyclealias firstcycle actioncycle followupprocess followupcycle",
        "stage": "stage contactstage",
        "groups": """groups group tags tag labels label categories category groupmembership contactgroups
        mailinglists personlabels personlabel gruppe gruppen kategorien groupes grupos""",
        "do_not_contact": "donotcontact dnc optout optedout",
        "created_at": """createdat createdate createddate datecreated createdtime createdon created dateadded
        creationdate personcreated personpersoncreated registrationdate registeredon addtime createdt creatdt
        erstelltam angelegtam datedecreation fechadecreacion""",
        "notes": """notes note comments comment description background remarks notiz notizen bemerkung bemerkungen
        commentaire commentaires remarques notas comentarios""",
        "company": """company companyname organization organisation organizationname organisationname
        companyaccount associatedcompany accountname employer firm business businessname firma firmenname unternehmen
        entreprise societe empresa azienda compania""",
        "emails": "emails otheremails furtheremails additionalemails",
        "phones": "phones otherphones furtherphones additionalphones",
    }
)

#: first and last name in one language; alone, the second word can mean another field, or the full name
PAIRS = (
    *(("vorname", last) for last in ("nachname", "familienname", "name")),
    *(("prenom", last) for last in ("nomdefamille", "nom")),
    *(("nombre", last) for last in ("apellidos", "apellido")),
    *(("nome", last) for last in ("cognome", "sobrenome", "apelido")),
)

#: The column of own fields as one JSON object, which our export has.
OWN_FIELDS = "details"

#: Columns kept with the contact without a mapping: Google's labels for the kind of a value.
BESIDE: Mapping[str, str] = MappingProxyType(
    {"email_label": "email1label email1type", "phone_label": "phone1label phone1type"}
)


def fold(name: str) -> str:
    """A column's name without case, accents, spaces and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name))).casefold()
