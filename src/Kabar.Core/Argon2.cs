using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Core;

/// <summary>Argon2id by the system's libsodium, which writes and reads PHC strings itself.</summary>
internal static partial class Argon2
{
    /// <summary>The room libsodium asks for, with the closing NUL (crypto_pwhash_STRBYTES).</summary>
    public const int TextLength = 128;

    private const string Library = "sodium";
    private const ulong Passes = 2;
    private const nuint MemoryBytes = 19 * 1024 * 1024;

    private static readonly string[] Names = ["libsodium.so.23", "libsodium.so.26", "libsodium.dylib", "libsodium.dll", "libsodium"];
    private static readonly nint Handle = Load();

    public static bool IsAvailable => Handle != 0;

    public static string Hash(ReadOnlySpan<byte> password)
    {
        Span<byte> text = stackalloc byte[TextLength];
        if (crypto_pwhash_str(text, password, (ulong)password.Length, Passes, MemoryBytes) != 0)
            throw new CryptographicException("libsodium could not hash a password: out of memory.");
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    public static bool Verify(string hash, ReadOnlySpan<byte> password)
    {
        Span<byte> text = stackalloc byte[TextLength];
        return TryTerminate(hash, text) && crypto_pwhash_str_verify(text, password, (ulong)password.Length) == 0;
    }

    public static bool IsOutdated(string hash)
    {
        Span<byte> text = stackalloc byte[TextLength];
        return !TryTerminate(hash, text) || crypto_pwhash_str_needs_rehash(text, Passes, MemoryBytes) != 0;
    }

    private static bool TryTerminate(string hash, Span<byte> text)
    {
        text.Clear();
        return hash.Length < TextLength && Encoding.ASCII.TryGetBytes(hash, text, out _);
    }

    private static nint Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(Argon2).Assembly, (name, _, _) => name == Library ? Handle : 0);
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle)) continue;
            unsafe
            {
                // Before any other call: it seeds the generator of salts, and later calls may come from several threads.
                var initialize = (delegate* unmanaged<int>)NativeLibrary.GetExport(handle, "sodium_init");
                return initialize() >= 0 ? handle : 0;
            }
        }

        return 0;
    }

#pragma warning disable SA1300, IDE1006, CA5392 // libsodium's own names; the resolver above chooses the library
    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str(Span<byte> text, ReadOnlySpan<byte> password, ulong length, ulong passes, nuint memory);

    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str_verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> password, ulong length);

    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str_needs_rehash(ReadOnlySpan<byte> text, ulong passes, nuint memory);
#pragma warning restore SA1300, IDE1006, CA5392
}
