using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Kabar.Server.Hosting;

/// <summary>The meter "Kabar" and the process's own figures as a page for Prometheus.</summary>
internal sealed class MetricsPage(KabarMetrics metrics)
{
    private readonly Lock _gate = new();

    public string Render()
    {
        var page = new StringBuilder();
        var last = "";
        lock (_gate)
        {
            using var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (metrics.Owns(instrument)) self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                if (instrument.Name != last) Head(page, instrument.Name, instrument is ObservableCounter<long> ? "counter" : "gauge", instrument.Description);
                last = instrument.Name;
                page.Append(CultureInfo.InvariantCulture, $"{instrument.Name}{Labels(tags)} {value}\n");
            });
            listener.Start();
            listener.RecordObservableInstruments();
        }

        using var process = Process.GetCurrentProcess();
        Figure(page, "process_cpu_seconds_total", "counter", process.TotalProcessorTime.TotalSeconds);
        Figure(page, "process_resident_memory_bytes", "gauge", process.WorkingSet64);
        Figure(page, "process_managed_memory_bytes", "gauge", GC.GetTotalMemory(forceFullCollection: false));
        return page.ToString();
    }

    private static void Figure(StringBuilder page, string name, string type, double value)
    {
        Head(page, name, type, description: null);
        page.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Head(StringBuilder page, string name, string type, string? description)
    {
        if (description is not null) page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description}\n");
        page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new List<string>();
        foreach (var (key, value) in tags) labels.Add(string.Create(CultureInfo.InvariantCulture, $"{key}=\"{value}\""));
        return "{" + string.Join(",", labels) + "}";
    }
}
