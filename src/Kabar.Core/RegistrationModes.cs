namespace Kabar.Core;

/// <summary>Who may make an account by himself, as words: in the settings, in what is told of a realm.</summary>
public static class RegistrationModes
{
    /// <summary>The word.</summary>
    public static string Word(RegistrationMode mode) => mode switch
    {
        RegistrationMode.Off => "off",
        RegistrationMode.Invite => "invite",
        RegistrationMode.Open => "open",
    };

    /// <summary>The mode of a word, or null.</summary>
    public static RegistrationMode? Parse(string word) => word switch
    {
        "off" => RegistrationMode.Off,
        "invite" => RegistrationMode.Invite,
        "open" => RegistrationMode.Open,
        _ => null,
    };
}
