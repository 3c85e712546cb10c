from common.errors import Invalid, Unavailable


class MailUnavailable(Unavailable):
    code = "mail_unavailable"
    message = "The mail cannot be sent at this moment: {reason}"


class MailRefused(Invalid):
    code = "mail_refused"
    message = "The mail will never be taken for whom it is meant: {reason}"
