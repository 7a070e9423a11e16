using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using DistRec.Serving.Events;

namespace DistRec.Serving.Experiments;

/// <summary>
/// Ids of answers. That of an answer in an experiment holds the experiment, the arm and its propensity, so that an event which names the answer
/// says all of them, on any node and after any restart. To clients it is a text of letters, digits, '-' and '_'.
/// </summary>
internal static class AnswerIds
{
    // No id without an experiment begins so: those are hexadecimal.
    private const char Mark = 'x';
    private const int GuidBytes = 16;
    private const int HeaderBytes = GuidBytes + sizeof(double) + 1;

    /// <summary>Of an answer outside of experiments.</summary>
    public static string Of(Guid id) => id.ToString("N");

    /// <summary>Of an answer in an experiment.</summary>
    public static string Of(Guid id, string experiment, string arm, double propensity)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes + (2 * ExperimentRules.MaxNameLength)];
        id.TryWriteBytes(bytes);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[GuidBytes..], propensity);
        int length = Encoding.ASCII.GetBytes(experiment, bytes[HeaderBytes..]);
        bytes[HeaderBytes - 1] = (byte)length;
        length += Encoding.ASCII.GetBytes(arm, bytes[(HeaderBytes + length)..]);
        return Mark + Base64Url.EncodeToString(bytes[..(HeaderBytes + length)]);
    }

    /// <summary>The event with the experiment, arm and propensity that its answer's id holds, in the place of what its sender says of them.</summary>
    public static ServingEvent Attribute(ServingEvent @event)
    {
        if (@event.Answer is not { } answer || answer.Length < 2 || answer[0] != Mark || !Base64Url.IsValid(answer.AsSpan(1), out int length)
            || length is <= HeaderBytes or > HeaderBytes + (2 * ExperimentRules.MaxNameLength))
        {
            return @event;
        }

        Span<byte> bytes = stackalloc byte[length];
        Base64Url.DecodeFromChars(answer.AsSpan(1), bytes);
        double propensity = BinaryPrimitives.ReadDoubleLittleEndian(bytes[GuidBytes..]);
        int name = bytes[HeaderBytes - 1];
        ReadOnlySpan<byte> names = bytes[HeaderBytes..];

        // Somebody else's id may begin like ours.
        return name == 0 || name >= names.Length || !Ascii.IsValid(names) || !(propensity is > 0 and <= 1)
            ? @event
            : @event with { Experiment = Encoding.ASCII.GetString(names[..name]), Arm = Encoding.ASCII.GetString(names[name..]), Propensity = propensity };
    }
}
