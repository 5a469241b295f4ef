namespace Kabar.Client;

/// <summary>The codes of refusals that mean something to this client. Protocol: native, "Errors".</summary>
internal static class Codes
{
    public const string UnknownSession = "unknown_session";
    public const string NotLoggedIn = "not_logged_in";
    public const string Failed = "failed";
    public const string NotAMember = "not_a_member";
    public const string AlreadyMember = "already_member";
    public const string UnknownMessage = "unknown_message";
}
