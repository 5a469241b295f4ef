namespace Kabar.Storage;

/// <summary>A backup is not begun now, and nothing is wrong with the store.</summary>
public sealed class BackupRefusedException(string message) : Exception(message);
