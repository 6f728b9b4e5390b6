using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MovieLms.ApiService;
using MovieLms.Data.Orders;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Testing.Processes;
using MovieLms.Worker;

namespace MovieLms.EndToEnd.Telemetry;

public sealed partial class InstrumentTests
{
    private static readonly Type[] AssemblyMarkers =
    [
        typeof(OrderStore),
        typeof(MovieLmsTelemetry),
        typeof(ApiServiceExtensions),
        typeof(WorkerExtensions),
        typeof(RealtimeExtensions),
    ];

    [Fact]
    public void The_page_lists_every_instrument_with_its_type_unit_and_description()
    {
        var listed = Row()
            .Matches(File.ReadAllText(Repository.File("docs", "telemetry.md")))
            .Select(row => (row.Groups["name"].Value, row.Groups["type"].Value, row.Groups["unit"].Value, row.Groups["measures"].Value))
            .ToArray();
        Assert.Equal(FindInstruments().Select(Describe).Order(), listed);
    }

    private static List<Instrument> FindInstruments()
    {
        // By convention, instruments are static fields of classes with this suffix.
        foreach (
            var type in AssemblyMarkers
                .SelectMany(known => known.Assembly.GetTypes())
                .Where(type => type.Name.EndsWith("Metrics", StringComparison.Ordinal))
        )
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == MovieLmsTelemetry.Name)
                    instruments.Add(instrument);
            },
        };
        listener.Start();
        return instruments;
    }

    private static (string Name, string Type, string Unit, string Measures) Describe(Instrument instrument) =>
        (instrument.Name, GetKind(instrument), instrument.Unit!, instrument.Description!);

    private static string GetKind(Instrument instrument) =>
        instrument switch
        {
            Counter<long> => "counter",
            UpDownCounter<long> => "up-down counter",
            Gauge<long> or Gauge<double> => "gauge",
            Histogram<double> => "histogram",
            _ => instrument.GetType().Name,
        };

    [GeneratedRegex(
        @"^\| `(?<name>movielms\.[a-z.]+)` \| (?<type>[^|]+) \| `(?<unit>[^`]+)` \|[^|]*\| (?<measures>[^|]+) \|",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();
}
