using DistRec.Serving.Protocol;

namespace DistRec.Serving.Events;

/// <summary>Events on their way to their user's partition.</summary>
internal static class WireEvents
{
    /// <summary>An event as a message has it; numbers that are not there are left out.</summary>
    public static UserEvent Of(ServingEvent one)
    {
        UserEvent wire = new()
        {
            EventId = one.EventId ?? "",
            Kind = EventKinds.NameOf(one.Kind),
            User = one.User,
            Item = one.Item,
            Answer = one.Answer ?? "",
            Experiment = one.Experiment ?? "",
            Arm = one.Arm ?? "",
            UnixMilliseconds = one.Time.ToUnixTimeMilliseconds(),
        };
        if (one.Value is { } value)
        {
            wire.Value = value;
        }

        if (one.Propensity is { } propensity)
        {
            wire.Propensity = propensity;
        }

        if (one.Position is { } position)
        {
            wire.Position = position;
        }

        return wire;
    }

    /// <summary>The event of a message.</summary>
    /// <exception cref="InvalidDataException">Its kind is none that this release knows.</exception>
    public static ServingEvent Read(UserEvent wire) => new()
    {
        EventId = NullIfEmpty(wire.EventId),
        Kind = EventKinds.TryParse(wire.Kind, out EventKind kind)
            ? kind
            : throw new InvalidDataException($"expected a kind of event, found \"{wire.Kind}\"; run the same version on every node"),
        User = wire.User,
        Item = wire.Item,
        Value = wire.HasValue ? wire.Value : null,
        Answer = NullIfEmpty(wire.Answer),
        Experiment = NullIfEmpty(wire.Experiment),
        Arm = NullIfEmpty(wire.Arm),
        Propensity = wire.HasPropensity ? wire.Propensity : null,
        Position = wire.HasPosition ? wire.Position : null,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(wire.UnixMilliseconds),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
