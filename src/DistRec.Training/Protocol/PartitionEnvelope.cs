using Google.Protobuf;

namespace DistRec.Training.Protocol;

/// <summary>A message on its way to a partition, through the region of its side; on the wire it is a <see cref="ToPartition"/>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Index">Which partition of the region's side.</param>
/// <param name="Shard">The shard that it lives in.</param>
/// <param name="Message">A message to partitions.</param>
internal sealed record PartitionEnvelope(string Job, int Index, int Shard, IMessage Message)
{
    public ToPartition ToWire()
    {
        ToPartition wire = new() { Job = Job, Index = Index, Shard = Shard };
        switch (Message)
        {
            case RunRound command:
                wire.RunRound = command;
                break;
            case VisitBlock visit:
                wire.VisitBlock = visit;
                break;
            case Ping ping:
                wire.Ping = ping;
                break;
            case EndJob end:
                wire.EndJob = end;
                break;
            case PartitionReleased released:
                wire.PartitionReleased = released;
                break;
            default:
                throw new ArgumentException($"{Message.Descriptor.Name} is no message to partitions; add it to {nameof(ToPartition)}");
        }

        return wire;
    }

    public static PartitionEnvelope FromWire(ToPartition wire) => new(wire.Job, wire.Index, wire.Shard, wire.MessageCase switch
    {
        ToPartition.MessageOneofCase.RunRound => wire.RunRound,
        ToPartition.MessageOneofCase.VisitBlock => wire.VisitBlock,
        ToPartition.MessageOneofCase.Ping => wire.Ping,
        ToPartition.MessageOneofCase.EndJob => wire.EndJob,
        ToPartition.MessageOneofCase.PartitionReleased => wire.PartitionReleased,
        _ => throw new InvalidDataException("expected a message to a partition, found none; run the same version on every node"),
    });
}
