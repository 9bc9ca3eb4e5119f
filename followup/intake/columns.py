"""What the exports of other programs call the fields of a contact. Names are compared folded: letters and digits only.

The first name of a field that a file has wins. To know another program is to add its names here.
"""

from __future__ import annotations

import unicodedata

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

KNOWN = {
    "id": """id contactid recordid recordidcontact personid leadid registrantid customerid clientid externalid
        prospectid recordnumber""",
    "name": """name fullname contactname displayname personname leadname customername clientname registrantname
        contact prospectname""",
    "first_name": "firstname givenname forename first prenom vorname nombre contactfirstname",
    "last_name": "lastname familyname surname last nachname apellido contactlastname",
    "email": """email emailaddress mail email1value email1 primaryemail workemail emailwork personemailwork personemail
        contactemail email1address homeemail personemailhome""",
    "phone": """phone phonenumber telephone mobilephone mobile mobilephonenumber cellphone cell phone1value phone1
        primaryphone personphonework personphonemobile personphone tel phonemobile phonework homephone
        businessphone workphone contactphone""",
    "owner": """owner contactowner leadowner ownername ownerfullname owneralias recordowner assignedto assigneduser
        salesrep salesperson agent assignedagent personowner accountmanager salesexec""",
    "source": "source leadsource originalsource originalsourcetype contactsource leadorigin howdidyouhear hearabout",
    "type": "type contacttype leadtype persontype customertype",
    "property": "property project community development propertyname projectname",
    # Our own export has both: `alias` is what was chosen, `cycle` what it led to.
    "cycle": "alias cycle cyclealias firstcycle actioncycle followupprocess followupcycle",
    "stage": "stage contactstage",
    "groups": "groups group tags labels categories groupmembership contactgroups mailinglists personlabels personlabel",
    "do_not_contact": "donotcontact dnc",
    "created_at": """createdat createdate createddate datecreated createdtime createdon created dateadded creationdate
        personcreated personpersoncreated registrationdate registeredon addtime""",
    "notes": "notes note comments comment description background remarks",
}


def fold(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name))).casefold()
