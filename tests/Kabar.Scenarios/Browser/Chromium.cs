using Kabar.Scenarios.Running;
using Microsoft.Playwright;

namespace Kabar.Scenarios.Browser;

/// <summary>The browser that the system has, started once for all scenarios, when the first one asks for it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    /// <summary>How long a page may take to show what it should.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _driver;
    private IBrowser? _browser;

    internal async Task<IBrowser> BrowserAsync()
    {
        Requires.That(File.Exists(Executable), $"needs a browser, {Executable}");
        await _gate.WaitAsync();
        try
        {
            _driver ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
            return _browser ??= await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Headless = true,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--enable-precise-memory-info", "--js-flags=--expose-gc", "--font-render-hinting=none",
                ],
            });
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _driver?.Dispose();
        _gate.Dispose();
    }
}
