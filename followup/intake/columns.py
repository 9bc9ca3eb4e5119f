"""What the exports of other programs call the fields of a contact. Names are compared folded: letters and digits only.

The first name of a field that a file has wins. To know another program is to add its names here.
"""

from __future__ import annotations

import re
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
)

#: A report of refused rows begins with these two; they are ours, not the contact's.
REPORT = ("line", "reason")

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "id": """id contactid recordid recordidcontact personid leadid registrantid customerid clientid externalid
        prospectid recordnumber custno custnum custid customerno customernumber clientno contactno kundennummer
        kundennr numeroclient numerodecliente""",
        "name": """name fullname contactname displayname personname leadname customername clientname registrantname
        contact prospectname fullnm custnm customernm nom nomcomplet nombre nombrecompleto nome nomecompleto
        ansprechpartner""",
        "first_name": "firstname givenname forename first prenom vorname contactfirstname firstnm",
        "last_name": """lastname familyname surname last nachname familienname nomdefamille apellido apellidos
        cognome sobrenome contactlastname lastnm""",
        "email": """email emailaddress mail email1value email1 primaryemail workemail emailwork personemailwork
        personemail contactemail email1address homeemail personemailhome emailaddr emailid emailadresse mailadresse
        adresseemail adressemail courriel correo correoelectronico""",
        "phone": """phone phonenumber telephone mobilephone mobile mobilephonenumber cellphone cell phone1value
        phone1 primaryphone personphonework personphonemobile personphone tel phonemobile phonework homephone
        businessphone workphone contactphone cellph mobileph mobileno cellno homeph workph busph phoneno telno handy
        mobil mobiltelefon mobilnummer telefon telefonnummer telefono movil celular telefonomovil portable
        telephoneportable telephonemobile telefone cellulare""",
        "owner": """owner contactowner leadowner ownername ownerfullname owneralias recordowner assignedto
        assigneduser salesrep salesperson agent assignedagent personowner accountmanager salesexec slsmn
        salespersonnm verkaufer zustandig betreuer vendeur conseiller vendedor propietario""",
        "source": """source leadsource originalsource originalsourcetype contactsource leadorigin howdidyouhear
        hearabout leadsrc quelle provenance origen""",
        "type": "type contacttype leadtype persontype customertype kontaktart",
        "property": "property project community development propertyname projectname projekt projet proyecto",
        # Our own export has both: `alias` is what was chosen, `cycle` what it led to.
        "cycle": "alias cycle cyclealias firstcycle actioncycle followupprocess followupcycle",
        "stage": "stage contactstage",
        "groups": """groups group tags labels categories groupmembership contactgroups mailinglists personlabels
        personlabel gruppe gruppen kategorien groupes grupos""",
        "do_not_contact": "donotcontact dnc optout optedout",
        "created_at": """createdat createdate createddate datecreated createdtime createdon created dateadded
        creationdate personcreated personpersoncreated registrationdate registeredon addtime createdt creatdt
        erstelltam angelegtam datedecreation fechadecreacion""",
        "notes": """notes note comments comment description background remarks notiz notizen bemerkung bemerkungen
        commentaire commentaires remarques notas comentarios""",
    }
)

#: first name and last name of one language: the second is called otherwise, or the whole name, where it stands alone
PAIRS = (
    *(("vorname", last) for last in ("nachname", "familienname", "name")),
    *(("prenom", last) for last in ("nomdefamille", "nom")),
    *(("nombre", last) for last in ("apellidos", "apellido")),
    *(("nome", last) for last in ("cognome", "sobrenome", "apelido")),
)

#: What is kept beside the contact though nobody maps it: Google says here which of its kinds a value is.
BESIDE: Mapping[str, str] = MappingProxyType(
    {"email_label": "email1label email1type", "phone_label": "phone1label phone1type"}
)


#: What a folded name has in it that tells of whom not to contact.
OPT_OUT = re.compile(
    r"opt(ed)?out|unsubscri|donot|dont(call|contact|e?mail|text|phone)|^dnc|dnc$|^no(call|e?mail|sms|text|phone)s?$"
    r"|keinewerbung|werbesperre|werbewiderspruch|abgemeldet|desabonn|desinscri|nocontactar"
)


def says_no(name: str) -> bool:
    """Whether a column of this name may tell who is not to be contacted."""
    return OPT_OUT.search(fold(name)) is not None


def fold(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name))).casefold()
