using Google.Protobuf;

namespace DistRec.Serving.Protocol;

/// <summary>A message on its way to a partition of users, through the region of predictions; on the wire it is a <see cref="ToPredictions"/>.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="Message">A message to partitions.</param>
internal sealed record PredictionEnvelope(int Partition, IMessage Message)
{
    public ToPredictions ToWire() => Message switch
    {
        StoreEvents events => new ToPredictions { Partition = Partition, StoreEvents = events },
        UserQuestions questions => new ToPredictions { Partition = Partition, Questions = questions },
        WakePartition wake => new ToPredictions { Partition = Partition, Wake = wake },
        _ => throw new ArgumentException($"{Message.Descriptor.Name} is no message to partitions of users; add it to {nameof(ToPredictions)}"),
    };

    public static PredictionEnvelope FromWire(ToPredictions wire) => new(wire.Partition, wire.MessageCase switch
    {
        ToPredictions.MessageOneofCase.StoreEvents => wire.StoreEvents,
        ToPredictions.MessageOneofCase.Questions => wire.Questions,
        ToPredictions.MessageOneofCase.Wake => wire.Wake,
        _ => throw new InvalidDataException("expected a message to a partition of users, found none; run the same version on every node"),
    });
}
