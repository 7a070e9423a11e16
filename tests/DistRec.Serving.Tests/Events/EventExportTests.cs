using System.Text;
using DistRec.Serving.Events;
using DistRec.Serving.Events.Import;

namespace DistRec.Serving.Tests.Events;

public sealed class EventExportTests
{
    private static readonly ServingEvent[] Events =
    [
        SomeEvents.Full,
        SomeEvents.Full with { EventId = null, User = " a, b ", Item = "\"quoted\"", Value = -1e-7, Position = null },
        SomeEvents.View("plain", "i,2"),
        SomeEvents.Rating("u", "i", 4.5),
    ];

    [Fact]
    public async Task What_is_exported_is_imported_as_it_was()
    {
        List<ServingEvent> imported = [];

        EventImportReport report = await EventImport.RunAsync(
            new MemoryStream(await ExportAsync(Events)),
            (events, _) =>
            {
                imported.AddRange(events);
                return Task.FromResult<IReadOnlyList<EventVerdict>>([.. events.Select(_ => new EventVerdict(EventOutcome.Stored, 1))]);
            },
            new ManualTime());

        (report.Stored, report.Refused, report.Stopped).ShouldBe((Events.Length, 0, null));
        imported.ShouldBe(Events);
    }

    [Fact]
    public async Task An_export_is_a_log_that_policies_are_judged_by()
    {
        ServingEvent shown = SomeEvents.View("u", "i") with { Kind = EventKind.Impression, Experiment = "x", Arm = "b", Propensity = 0.25, Answer = "A1" };
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, await ExportAsync(shown, shown with { Kind = EventKind.Click }, shown with { Answer = "A2", Arm = "a", Propensity = 0.75 }));

            BanditLog log = BanditLogReader.Read(path, new BanditReadOptions());

            log.Arms.ShouldBe(["b", "a"]);
            log.Rewards.ShouldBe([1, 0]);
            log.Propensities.ShouldBe([0.25, 0.75]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Nothing_is_a_line_of_names() =>
        Encoding.UTF8.GetString(await ExportAsync()).ShouldBe("kind,user,item,value,time,id,answer,experiment,arm,propensity,position\n");

    private static async Task<byte[]> ExportAsync(params ServingEvent[] events)
    {
        using MemoryStream stream = new();
        await EventExport.WriteAsync(events.ToAsyncEnumerable(), stream, CancellationToken.None);
        return stream.ToArray();
    }
}
