using System.Text;
using DistRec.Serving.Events;
using DistRec.Serving.Events.Import;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Events;

public sealed class EventImportTests
{
    private readonly List<ServingEvent> _stored = [];
    private readonly List<int> _batches = [];
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Comma_separated_values_have_their_columns_where_the_first_line_says()
    {
        EventImportReport report = await ImportAsync(""""

            item,user,kind,id,value,answer,experiment,arm,propensity,position,time
            i1,u1,rating,e1,4.5,a1,front,b,0.25,2,1700000000.5
            "i,2", "u ""2""" ,view,,,,,,,,2024-02-29T12:30:00+01:00
            """");

        report.ShouldBe(new EventImportReport { Stored = 2, Reasons = report.Reasons });
        report.Reasons.ShouldBeEmpty();
        _stored.ShouldBe(
        [
            new ServingEvent
            {
                EventId = "e1", Kind = EventKind.Rating, User = "u1", Item = "i1", Value = 4.5, Answer = "a1", Experiment = "front", Arm = "b",
                Propensity = 0.25, Position = 2, Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500),
            },
            new ServingEvent { Kind = EventKind.View, User = "u \"2\"", Item = "i,2", Time = new(2024, 2, 29, 11, 30, 0, TimeSpan.Zero) },
        ]);
    }

    [Fact]
    public async Task Json_lines_are_objects_of_texts_and_numbers()
    {
        EventImportReport report = await ImportAsync("""
            {"kind":"rating","user":"u1","item":7,"value":4.5,"id":"e1","answer":"a1","experiment":"front","arm":"b","propensity":2.5e-1,"position":2,"time":"2024-02-29"}
              { "user" : "\u00fc", "item": "i", "kind": "click", "value": null }
            """);

        report.Stored.ShouldBe(2);
        _stored.ShouldBe(
        [
            new ServingEvent
            {
                EventId = "e1", Kind = EventKind.Rating, User = "u1", Item = "7", Value = 4.5, Answer = "a1", Experiment = "front", Arm = "b",
                Propensity = 0.25, Position = 2, Time = new(2024, 2, 29, 0, 0, 0, TimeSpan.Zero),
            },
            new ServingEvent { Kind = EventKind.Click, User = "ü", Item = "i", Time = _time.GetUtcNow() },
        ]);
    }

    [Theory]
    [InlineData("vew,u,i,,", "kind: expected one of impression, click, view, conversion, rating, found \"vew\"")]
    [InlineData(",u,i,,", "kind: expected one of impression, click, view, conversion, rating, found nothing")]
    [InlineData("view,,i,,", "user: expected an id, found nothing")]
    [InlineData("view,u,,,", "item: expected an id, found nothing")]
    [InlineData("view,u", "expected 5 columns, found 2")]
    [InlineData("view,u,i,,,", "expected 5 columns, found 6")]
    [InlineData("rating,u,i,,", "value: expected the rating, found nothing")]
    [InlineData("rating,u,i,good,", "value: expected a number, found \"good\"")]
    [InlineData("rating,u,i,NaN,", "value: expected a number from -1000000000 to 1000000000, found NaN")]
    [InlineData("view,u,i,,yesterday", "time: expected seconds since 1970, or a date and time such as 2025-01-31T12:00:00Z, found \"yesterday\"")]
    [InlineData("view,u,i,,1700000000000", "time: expected seconds since 1970, or a date and time such as 2025-01-31T12:00:00Z, found \"1700000000000\"")]
    [InlineData("view,u,i,,-1", "time: expected one from 1970-01-01 to 2025-01-02T00:00:00Z, found 1969-12-31T23:59:59.0000000+00:00")]
    [InlineData("view,u\u0001,i,,", "user: expected an id without control characters, found U+0001")]
    public async Task A_wrong_row_is_told_by_its_line_and_the_rest_goes_in(string row, string reason)
    {
        EventImportReport report = await ImportAsync($"kind,user,item,value,time\nview,before,i,,\n\n{row}\r\nview,after,i,,0");

        (report.Stored, report.Refused).ShouldBe((2, 1));
        report.Reasons.ShouldBe([new RefusedLine(4, reason)]);
        _stored.Select(@event => @event.User).ShouldBe(["before", "after"]);
    }

    [Theory]
    [InlineData("""{"kind":"view","user":"u"}""", "item: expected an id, found nothing")]
    [InlineData("""{"kind":"view","user":"u","item":"i","colour":"red"}""", "colour: expected a field among kind, user, item, value, time, id, answer, experiment, arm, propensity, position, found \"red\"")]
    [InlineData("""{"kind":"view","user":"u","item":["i"]}""", "item: expected a text or a number, found \"StartArray\"")]
    [InlineData("""{"kind":"view","user":"u","item":"i","position":1.5}""", "position: expected a whole number, found \"1.5\"")]
    [InlineData("""["view"]""", "the row: expected a JSON object, found \"[\"view\"]\"")]
    [InlineData("""{"kind":"view","user":"u","item":"i"}{}""", "expected a JSON object, found something else: '{' is invalid after a single JSON value. Expected end of data. LineNumber: 0 | BytePositionInLine: 37")]
    [InlineData("""{"kind":"view","user":"u\ud83d","item":"i"}""", "expected a JSON object, found something else: Cannot read incomplete UTF-16 JSON text as string with missing low surrogate")]
    public async Task A_wrong_json_line_is_told_by_its_line_too(string row, string reason)
    {
        EventImportReport report = await ImportAsync($$"""
            {"kind":"view","user":"before","item":"i"}
            {{row}}
            {"kind":"view","user":"after","item":"i"}
            """);

        report.Reasons.ShouldBe([new RefusedLine(2, reason)]);
        _stored.Select(@event => @event.User).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_line_that_is_cut_off_or_no_text_or_endless_is_refused_like_any_other()
    {
        byte[] text =
        [
            0xEF, 0xBB, 0xBF, .. "kind,user,item\nview,"u8, 0xFF, .. ",i\nview,"u8, .. Enumerable.Repeat((byte)'x', 10 * EventLines.MaxLength), .. "\nview,u,i\n"u8,
            .. Enumerable.Repeat((byte)'y', 3 * EventLines.MaxLength),
        ];

        EventImportReport report = await EventImport.RunAsync(new Dribble(text), AppendAsync, _time);

        report.Reasons.ShouldBe(
        [
            new RefusedLine(2, "expected UTF-8, found other bytes"),
            new RefusedLine(3, "expected a line of at most 65536 bytes, found a longer one"),
            new RefusedLine(5, "expected a line of at most 65536 bytes, found a longer one"),
        ]);
        report.Stored.ShouldBe(1);
    }

    [Fact]
    public async Task Large_imports_go_in_by_batches_and_of_many_wrong_rows_the_first_are_told_and_all_counted()
    {
        const int Rows = 3500;
        StringBuilder text = new("kind,user,item,id\n");
        for (int row = 0; row < Rows; row++)
        {
            text.Append(row % 2 == 0 ? $"view,u,i,{row % 3000}\n" : "view,,i,\n");
        }

        EventImportReport report = await ImportAsync(text.ToString());

        (report.Stored, report.Duplicates, report.Refused).ShouldBe((1500, 250, Rows / 2));
        report.Reasons.Count.ShouldBe(EventImport.MostReasons);
        report.Reasons.Select(reason => reason.Line).ShouldBe(Enumerable.Range(0, EventImport.MostReasons).Select(number => 3L + 2 * number));
        _batches.ShouldBe([EventImport.BatchLength, 750]);
    }

    [Fact]
    public async Task A_log_that_fails_on_the_way_ends_the_import_by_name_with_what_was_stored()
    {
        string rows = string.Concat(Enumerable.Repeat("view,u,i\n", 2 * EventImport.BatchLength + 1));
        int calls = 0;

        EventImportReport report = await EventImport.RunAsync(
            new MemoryStream(Encoding.UTF8.GetBytes("kind,user,item\n" + rows)),
            (events, token) => ++calls == 2 ? throw new DatabaseException("here: found the disk full") : AppendAsync(events, token),
            _time);

        report.Stored.ShouldBe(EventImport.BatchLength);
        report.Stopped.ShouldBe("line 1002 and those after it are not stored: here: found the disk full");
        calls.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "found nothing; check the file")]
    [InlineData("\n  \n", "found nothing; check the file")]
    [InlineData("view,u,i", "found \"view,u,i\"; begin with a line such as kind,user,item,value,time")]
    [InlineData("kind,user\nview,u", "found \"kind,user\"")]
    [InlineData("kind,user,item,user", "found \"kind,user,item,user\"")]
    [InlineData("kind,user,item,colour", "from kind, user, item, value, time, id, answer, experiment, arm, propensity, position, found")]
    public async Task A_text_whose_columns_are_not_named_is_refused_by_name(string text, string said) =>
        (await Should.ThrowAsync<InputException>(() => ImportAsync(text))).Message.ShouldContain(said);

    private Task<EventImportReport> ImportAsync(string text) => EventImport.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), AppendAsync, _time);

    private Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken)
    {
        _batches.Add(events.Count);
        return Task.FromResult<IReadOnlyList<EventVerdict>>([.. events.Select(Store)]);

        EventVerdict Store(ServingEvent @event)
        {
            if (@event.EventId is { } id && _stored.Any(stored => stored.EventId == id))
            {
                return new EventVerdict(EventOutcome.Duplicate);
            }

            _stored.Add(@event);
            return new EventVerdict(EventOutcome.Stored, _stored.Count);
        }
    }

    /// <summary>A stream that gives a few bytes at a time, as a network does.</summary>
    private sealed class Dribble(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7919)], cancellationToken);
    }
}
