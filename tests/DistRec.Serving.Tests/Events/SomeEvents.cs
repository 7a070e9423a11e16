using DistRec.Serving.Events;

namespace DistRec.Serving.Tests.Events;

/// <summary>Events that tests store.</summary>
internal static class SomeEvents
{
    /// <summary>What the clock of tests shows at first.</summary>
    public static readonly DateTimeOffset Now = new ManualTime().GetUtcNow();

    /// <summary>One that has all that an event can have.</summary>
    public static readonly ServingEvent Full = new()
    {
        EventId = "e-1",
        Kind = EventKind.Conversion,
        User = "Änna 😀",
        Item = "item \"7\"; DROP TABLE serving_events",
        Value = 19.99,
        Answer = "answer",
        Experiment = "front page",
        Arm = "b",
        Propensity = 0.1 + 0.2,
        Position = 3,
        Time = Now.AddMilliseconds(-1),
    };

    /// <summary>One that has only what it must.</summary>
    public static ServingEvent View(string user, string item = "i", string? id = null) =>
        new() { EventId = id, Kind = EventKind.View, User = user, Item = item, Time = Now };

    /// <summary>A rating.</summary>
    public static ServingEvent Rating(string user, string item, double value) =>
        new() { Kind = EventKind.Rating, User = user, Item = item, Value = value, Time = Now };

    /// <summary>Several of them, of users "0", "1", ….</summary>
    public static ServingEvent[] Views(int count) => [.. Enumerable.Range(0, count).Select(number => View($"{number}"))];
}
