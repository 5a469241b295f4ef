using System.Reflection;
using System.Runtime.CompilerServices;
using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>What the library shows to others. A change is meant, and is to be seen in a review: it changes PublicApi.txt.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void The_public_surface_is_the_one_that_was_reviewed()
    {
        var now = string.Concat(typeof(KabarClient).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Describe));
        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, now);
        var reviewed = File.ReadAllText(Path.Combine(Folder(), "PublicApi.txt"));
        now.ShouldBe(reviewed, $"If it is meant: cp {received} tests/Kabar.Tests/Client/PublicApi.txt");
    }

    [Fact]
    public void The_example_is_short_and_the_one_in_the_read_me()
    {
        var root = Path.Combine(Folder(), "../../..");
        var example = File.ReadAllText(Path.Combine(root, "docs/examples/dotnet/Bot.cs"));
        File.ReadAllText(Path.Combine(root, "src/Kabar.Client/README.md")).ShouldContain("```csharp\n" + example + "```");
        example.Split('\n').Length.ShouldBeLessThanOrEqualTo(31);
    }

    private static string Describe(Type type)
    {
        var members = type.GetMembers(Own).Where(IsWritten).Select(Describe).OfType<string>().Order(StringComparer.Ordinal);
        var bases = new[] { type.BaseType }.OfType<Type>().Where(parent => parent != typeof(object)).Concat(type.GetInterfaces())
            .Where(parent => !(parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(IEquatable<>))).Select(Name);
        return $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {type.FullName} : {string.Join(", ", bases)}\n{string.Concat(members.Select(member => $"    {member}\n"))}\n";
    }

    // What the compiler makes of records says nothing new; accessors are told with their property.
    private static bool IsWritten(MemberInfo member) => member switch
    {
        MethodInfo method => !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)),
        _ => !member.IsDefined(typeof(CompilerGeneratedAttribute)),
    };

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}({Parameters(method)})",
        PropertyInfo property => $"{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}{Name(property.PropertyType, Nullability.Create(property))} {property.Name}"
            + $" {{{(property.CanRead ? " get;" : "")}{(property.SetMethod is { IsPublic: true } ? " init;" : "")} }}",
        EventInfo happening => $"event {Name(happening.EventHandlerType!, Nullability.Create(happening))} {happening.Name}", // events have a type
        _ => member.Name,
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}"));

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null when parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null => "default",
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        var value => FormattableString.Invariant($"{value}"),
    };

    private static string Name(Type type, NullabilityInfo nullability)
    {
        var mark = !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "";
        return !type.IsGenericType || Nullable.GetUnderlyingType(type) is not null
            ? Name(type) + mark
            : $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Zip(nullability.GenericTypeArguments, Name))}>{mark}";
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsGenericType) return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return type == typeof(string) ? "string"
            : type == typeof(bool) ? "bool"
            : type == typeof(int) ? "int"
            : type == typeof(long) ? "long"
            : type == typeof(object) ? "object"
            : type.Name;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Kabar.slnx"))) return Path.Combine(folder.FullName, "tests", "Kabar.Tests", "Client");
        throw new InvalidOperationException("The tests run outside the repository, whose files they read.");
    }
}
