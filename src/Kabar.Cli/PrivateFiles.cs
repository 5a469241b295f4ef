namespace Kabar.Cli;

/// <summary>Files that belong to one person: the token of a login, the lines typed before. Made with mode 0600 in a directory of mode 0700,
/// and tightened where they already existed with more.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Opens for writing; the mode is set before the first byte is in the file.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a file has a directory
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (OperatingSystem.IsWindows()) return new FileStream(path, options);

        options.UnixCreateMode = OwnerFile;
        var file = new FileStream(path, options);
        if (File.GetUnixFileMode(file.SafeFileHandle) != OwnerFile) File.SetUnixFileMode(file.SafeFileHandle, OwnerFile);
        return file;
    }

    private static void MakeDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }
}
