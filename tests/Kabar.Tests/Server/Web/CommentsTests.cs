using System.Text;
using Kabar.Server.Web;

namespace Kabar.Tests.Server.Web;

public sealed class CommentsTests
{
    [Theory]
    [InlineData("/** one line */\nlet a = 1;", "\nlet a = 1;")]
    [InlineData("/**\n * more\n * @param {string} a\n */\nfunction f(a) {}\n", "\n\n\n\nfunction f(a) {}\n")]
    [InlineData("  // why\n  let a = 1; // stays\n", "\n  let a = 1; // stays\n")]
    [InlineData("/** @type {any} */ (a).b();\n", "/** @type {any} */ (a).b();\n")]
    [InlineData("const a = /** @type {any} */ (null);", "const a = /** @type {any} */ (null);")]
    [InlineData("const a = 'https://b.example/*';\nconst c = 1;", "const a = 'https://b.example/*';\nconst c = 1;")]
    [InlineData("/* of a style\n   and more */\na { color: red; }", "\n\na { color: red; }")]
    public void What_stands_on_lines_of_its_own_goes_and_the_lines_stay(string source, string left) =>
        Encoding.UTF8.GetString(Comments.Without(Encoding.UTF8.GetBytes(source))).ShouldBe(left);
}
