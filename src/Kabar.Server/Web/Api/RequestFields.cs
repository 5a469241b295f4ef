using System.Globalization;
using Kabar.Core;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web.Api;

/// <summary>
/// The parameters of a request, taken as the native protocol takes them. The first that is missing or wrong is kept; whoever asks for them looks at that once, at the end.
/// </summary>
internal sealed class RequestFields(HttpContext context)
{
    private const long LargestNumber = 1L << 53;

    private (Refusal Refusal, string Parameter)? _problem;

    /// <summary>A string that must be there, without NUL.</summary>
    public string Text(string? value, string name)
    {
        if (value is null) Fail(name, Refusal.MissingParameter);
        return OptionalText(value, name) ?? "";
    }

    public string? OptionalText(string? value, string name)
    {
        if (value?.Contains('\0', StringComparison.Ordinal) == true) Fail(name);
        return value;
    }

    public ConversationAddress Address(string? value, string name)
    {
        if (!ConversationAddress.TryParse(Text(value, name), out var address)) Fail(name);
        return address;
    }

    public GroupAddress Group(string? value, string name)
    {
        if (!GroupAddress.TryParse(Text(value, name), out var address)) Fail(name);
        return address;
    }

    public long? Number(long? value, string name, long least = 1, long most = LargestNumber)
    {
        if (value is { } number && (number < least || number > most)) Fail(name);
        return value;
    }

    /// <summary>A parameter of the address; null when it is not there.</summary>
    public string? Query(string name)
    {
        var values = context.Request.Query[name];
        if (values.Count > 1) Fail(name);
        return values.Count == 0 ? null : OptionalText(values[0], name);
    }

    /// <summary>The key of a message, from the body or the address; two that differ are wrong.</summary>
    public string? Key(string? inBody)
    {
        const string name = "key";
        var inAddress = Query(name);
        if (inBody is not null && inAddress is not null && inBody != inAddress) Fail(name);
        return OptionalText(inBody ?? inAddress, name);
    }

    /// <summary>A number in the address.</summary>
    public long? QueryNumber(string name, long least = 1, long most = LargestNumber)
    {
        if (Query(name) is not { } text) return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) Fail(name);
        return Number(number, name, least, most);
    }

    /// <summary>Answers with what is wrong; false when nothing is.</summary>
    public async ValueTask<bool> RefuseAsync(WebErrors errors)
    {
        if (_problem is not var (refusal, parameter)) return false;
        await errors.RefuseAsync(context, refusal, parameter);
        return true;
    }

    public void Fail(string name, Refusal refusal = Refusal.InvalidParameter) => _problem ??= (refusal, name);
}
