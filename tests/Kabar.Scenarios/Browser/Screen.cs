using Microsoft.Playwright;

namespace Kabar.Scenarios.Browser;

/// <summary>What somebody looks at the page with.</summary>
internal sealed record Screen(string Name, int Width, int Height, bool IsPhone, ColorScheme Colours)
{
    public static readonly Screen Desktop = new("desktop-light", 1280, 800, IsPhone: false, ColorScheme.Light);
    public static readonly Screen DesktopDark = Desktop with { Name = "desktop-dark", Colours = ColorScheme.Dark };
    public static readonly Screen Phone = new("phone-light", 390, 844, IsPhone: true, ColorScheme.Light);
    public static readonly Screen PhoneDark = Phone with { Name = "phone-dark", Colours = ColorScheme.Dark };

    public static readonly IReadOnlyList<Screen> All = [Desktop, DesktopDark, Phone, PhoneDark];

    public BrowserNewContextOptions Options(string locale) => new()
    {
        ViewportSize = new ViewportSize { Width = Width, Height = Height },
        DeviceScaleFactor = IsPhone ? 2 : 1,
        IsMobile = IsPhone,
        HasTouch = IsPhone,
        ColorScheme = Colours,
        Locale = locale,
        TimezoneId = "Asia/Jakarta",
        ReducedMotion = ReducedMotion.Reduce,
    };
}
