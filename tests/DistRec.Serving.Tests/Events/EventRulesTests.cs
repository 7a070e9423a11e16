using DistRec.Serving.Events;

namespace DistRec.Serving.Tests.Events;

public sealed class EventRulesTests
{
    private static readonly string Longest = new('x', EventRules.MaxIdLength);

    public static TheoryData<string, ServingEvent> Accepted { get; } = new()
    {
        { "all fields", SomeEvents.Full },
        { "no field that may be left out", SomeEvents.View("u") },
        { "longest ids", SomeEvents.Full with { User = Longest, Item = Longest, EventId = Longest, Answer = Longest, Experiment = Longest, Arm = Longest } },
        { "a rating of 0", SomeEvents.Full with { Kind = EventKind.Rating, Value = 0 } },
        { "the largest rating", SomeEvents.Full with { Kind = EventKind.Rating, Value = 1_000_000 } },
        { "the least rating", SomeEvents.Full with { Kind = EventKind.Rating, Value = -1_000_000 } },
        { "a certain choice", SomeEvents.Full with { Propensity = 1 } },
        { "the first place", SomeEvents.Full with { Position = 1 } },
        { "the last place", SomeEvents.Full with { Position = EventRules.MaxPosition } },
        { "the earliest time", SomeEvents.Full with { Time = DateTimeOffset.UnixEpoch } },
        { "the latest time", SomeEvents.Full with { Time = SomeEvents.Now + EventRules.MaxAhead } },
        { "a replacement character that is meant", SomeEvents.View("\uFFFD") },
        { "space within an id", SomeEvents.View("a b") },
    };

    public static TheoryData<ServingEvent, string> Refused { get; } = new()
    {
        { SomeEvents.View(""), "user: expected an id, found nothing" },
        { SomeEvents.View(null!), "user: expected an id, found nothing" },
        { SomeEvents.View(" \u00A0"), "user: expected an id, found only space" },
        { SomeEvents.View(Longest + "x"), "user: expected an id of at most 512 characters, found 513" },
        { SomeEvents.View("a\0b"), "user: expected an id without control characters, found U+0000" },
        { SomeEvents.View("u", "line\n"), "item: expected an id without control characters, found U+000A" },
        { SomeEvents.View("u", "\u0085x"), "item: expected an id without control characters, found U+0085" },
        { SomeEvents.View("u", "x\uD83D"), "item: expected an id of Unicode characters, found half of one, U+D83D" },
        { SomeEvents.View("u", "i", ""), "id: expected an id, found nothing" },
        { SomeEvents.Full with { Answer = "\t" }, "answer: expected an id, found only space" },
        { SomeEvents.Full with { Experiment = "\u007F" }, "experiment: expected an id without control characters, found U+007F" },
        { SomeEvents.Full with { Arm = Longest + "x" }, "arm: expected an id of at most 512 characters, found 513" },
        { SomeEvents.Full with { Arm = null }, "experiment: expected an arm with it, found none" },
        { SomeEvents.Full with { Experiment = null }, "arm: expected an experiment with it, found none" },
        { SomeEvents.Full with { Kind = (EventKind)5 }, "kind: expected one of impression, click, view, conversion, rating, found 5" },
        { SomeEvents.Full with { Kind = (EventKind)(-1) }, "kind: expected one of impression, click, view, conversion, rating, found -1" },
        { SomeEvents.Full with { Kind = EventKind.Rating, Value = null }, "value: expected the rating, found nothing" },
        { SomeEvents.Full with { Value = double.NaN }, "value: expected a number from -1000000000 to 1000000000, found NaN" },
        { SomeEvents.Full with { Value = double.NegativeInfinity }, "value: expected a number from -1000000000 to 1000000000, found -Infinity" },
        { SomeEvents.Full with { Value = 1_000_000_128.5 }, "value: expected a number from -1000000000 to 1000000000, found 1000000128.5" },
        { SomeEvents.Full with { Propensity = 0 }, "propensity: expected a probability above 0, at most 1, found 0" },
        { SomeEvents.Full with { Propensity = 1.01 }, "propensity: expected a probability above 0, at most 1, found 1.01" },
        { SomeEvents.Full with { Propensity = double.NaN }, "propensity: expected a probability above 0, at most 1, found NaN" },
        { SomeEvents.Full with { Position = 0 }, "position: expected a place from 1 to 1000000, found 0" },
        { SomeEvents.Full with { Position = 1_000_001 }, "position: expected a place from 1 to 1000000, found 1000001" },
        { SomeEvents.Full with { Time = DateTimeOffset.UnixEpoch.AddMilliseconds(-1) }, "time: expected one from 1970-01-01 to 2025-01-02T00:00:00Z, found 1969-12-31T23:59:59.9990000+00:00" },
        { SomeEvents.Full with { Time = SomeEvents.Now + EventRules.MaxAhead + TimeSpan.FromMilliseconds(1) }, "time: expected one from 1970-01-01 to 2025-01-02T00:00:00Z, found 2025-01-02T00:00:00.0010000+00:00" },
        { SomeEvents.Full with { Time = default }, "time: expected one from 1970-01-01 to 2025-01-02T00:00:00Z, found 0001-01-01T00:00:00.0000000+00:00" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    internal void What_an_event_may_be_is_accepted(string what, ServingEvent @event) => EventRules.WhyRefused(@event, SomeEvents.Now).ShouldBeNull(what);

    [Theory]
    [MemberData(nameof(Refused))]
    internal void What_an_event_may_not_be_is_refused_by_name(ServingEvent @event, string reason) =>
        EventRules.WhyRefused(@event, SomeEvents.Now).ShouldBe(reason);
}
