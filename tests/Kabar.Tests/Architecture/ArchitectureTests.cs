using System.Reflection;
using System.Text.RegularExpressions;
using Kabar.Client;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Server.Hosting;
using Kabar.Server.Web;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Architecture;

/// <summary>The direction of the arrows, and the shape of the files. What fails names the offender and the rule.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLines = 800;

    private static readonly Assembly Core = typeof(Realm).Assembly;
    private static readonly Assembly Protocol = typeof(Command).Assembly;
    private static readonly Assembly Storage = typeof(SqliteStore).Assembly;
    private static readonly Assembly Server = typeof(KabarHost).Assembly;
    private static readonly Assembly Client = typeof(KabarClient).Assembly;
    private static readonly Assembly Cli = Assembly.Load("kabar");

    private static readonly string[] FrontEnds = ["Kabar.Server.Lines", "Kabar.Server.Native", "Kabar.Server.Irc", "Kabar.Server.Web"];

    private static readonly string[] EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service", "Processor", "Base", "Impl", "Dto", "Common"];

    public static TheoryData<string> Files => [.. SourceFiles().Select(file => Path.GetRelativePath(Root, file))];

    private static string Root { get; } = FindRoot();

    [Fact]
    public void Core_references_nothing_but_the_runtime() =>
        Core.GetReferencedAssemblies().Select(reference => reference.Name).ShouldAllBe(name => name!.StartsWith("System.", StringComparison.Ordinal)); // all have names

    [Fact]
    public void The_client_library_references_nothing_but_the_framework() =>
        Client.GetReferencedAssemblies().Select(reference => reference.Name).ShouldAllBe(name => name!.StartsWith("System.", StringComparison.Ordinal)); // all have names

    [Fact]
    public void Arrows_between_our_assemblies_run_one_way()
    {
        Ours(Protocol).ShouldBe(["Kabar.Core"]);
        Ours(Storage).ShouldBe(["Kabar.Core"]);
        Ours(Server).ShouldBeSubsetOf(["Kabar.Core", "Kabar.Protocol", "Kabar.Storage"]);
        Ours(Cli).ShouldBeSubsetOf(["Kabar.Core", "Kabar.Protocol", "Kabar.Storage", "Kabar.Server", "Kabar.Client"]);

        static IEnumerable<string?> Ours(Assembly assembly) =>
            assembly.GetReferencedAssemblies().Select(reference => reference.Name).Where(name => name!.StartsWith("Kabar", StringComparison.Ordinal)); // all have names
    }

    [Fact]
    public void Protocol_touches_no_file_and_no_socket()
    {
        string[] never = ["System.Net.Sockets", "System.IO.FileSystem", "Microsoft.AspNetCore"];
        foreach (var assembly in new[] { Core, Protocol })
            assembly.GetReferencedAssemblies().Where(reference => never.Any(name => reference.Name!.StartsWith(name, StringComparison.Ordinal))).ShouldBeEmpty(); // all have names
    }

    [Fact]
    public void Front_ends_do_not_know_each_other()
    {
        var strangers = TypeUses.In(Server).Where(use => FrontEndOf(use.User) is { } one && FrontEndOf(use.Used) is { } other && one != other);
        strangers.Select(use => $"{use.User} uses {use.Used}").ShouldBeEmpty();

        static string? FrontEndOf(Type type) => FrontEnds.FirstOrDefault(space => IsIn(type, space));
    }

    [Fact]
    public void Nothing_in_the_server_but_its_hosting_knows_a_concrete_store()
    {
        var knowing = TypeUses.In(Server).Where(use => IsIn(use.Used, "Kabar.Storage.Sqlite") || IsIn(use.Used, "Kabar.Storage.Postgres")).ToArray();
        knowing.ShouldContain(use => use.User == typeof(KabarHost), "else this test sees nothing");
        knowing.Where(use => !IsIn(use.User, "Kabar.Server.Hosting")).Select(use => $"{use.User} uses {use.Used}").ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_control_side_of_the_server_its_hosting_and_the_routes_of_administrators_know_the_operators_commands() =>
        TypeUses.In(Server).Where(use => IsIn(use.Used, "Kabar.Server.Control") && !IsIn(use.User, "Kabar.Server.Control") && !IsIn(use.User, "Kabar.Server.Hosting")
            && !use.User.FullName!.StartsWith(typeof(AdminEndpoints).FullName!, StringComparison.Ordinal)) // both are named
            .Select(use => $"{use.User} uses {use.Used}").ShouldBeEmpty();

    [Fact]
    public void No_type_has_a_name_without_a_subject() =>
        new[] { Core, Protocol, Storage, Server, Client, Cli }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal) && EmptyWords.Any(word => type.Name.Split('`')[0].EndsWith(word, StringComparison.Ordinal)))
            .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void Server_and_command_line_show_almost_nothing() => Server.GetExportedTypes().Select(type => type.Name).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_short_and_its_namespace_is_its_folder(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, file));
        lines.Length.ShouldBeLessThan(MostLines);

        var parts = file.Split('/', '\\');
        if (parts is ["src", "Kabar.Cli", "Program.cs"]) return;
        var spaces = lines.Select(line => Namespace().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value);
        spaces.ShouldBe([string.Join('.', parts[1..^1])]);
    }

    private static bool IsIn(Type type, string space) => type.Namespace is { } own && (own == space || own.StartsWith(space + ".", StringComparison.Ordinal));

    private static IEnumerable<string> SourceFiles() => Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => Path.GetRelativePath(Root, file).Split('/', '\\') is not [_, _, "bin" or "obj", ..])
        .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Kabar.slnx"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside the repository, whose sources they read.");
    }

    [GeneratedRegex("^namespace (?<name>[A-Za-z.]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();
}
