using System.Text;

namespace Kabar.Server.Web;

/// <summary>
/// The comments of scripts and styles, which nobody needs who only runs them, and which are a good part of what would go over the wire. What stands on lines of its own goes; the lines stay,
/// empty, so that an error names the line of the source.
/// </summary>
internal static class Comments
{
    public static byte[] Without(byte[] source)
    {
        var left = new StringBuilder(source.Length);
        var isInside = false;
        foreach (var line in Encoding.UTF8.GetString(source).Split('\n'))
        {
            var words = line.AsSpan().Trim();
            var begins = !isInside && words.StartsWith("/*", StringComparison.Ordinal);
            var ends = words.IndexOf("*/", StringComparison.Ordinal);
            var isCode = !isInside && !begins && !words.StartsWith("//", StringComparison.Ordinal);
            if (isCode) left.Append(line);
            else if ((isInside || begins) && ends >= 0 && ends < words.Length - 2) left.Append(isInside ? words[(ends + 2)..] : words); // code behind it
            isInside = (isInside || begins) && ends < 0;
            left.Append('\n');
        }

        left.Length--;
        return Encoding.UTF8.GetBytes(left.ToString());
    }
}
