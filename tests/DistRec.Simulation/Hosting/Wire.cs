using DistRec.Training.Actors;

namespace DistRec.Simulation.Hosting;

/// <summary>Messages as they are between processes: the bytes of the serializer that nodes use.</summary>
internal static class Wire
{
    // It asks nothing of an actor system.
    private static readonly TrainingSerializer Serializer = new(null!);

    /// <summary>Writes a message.</summary>
    /// <returns>Reads it, each time anew, so that nothing is shared by reference; and a hash of its bytes (FNV-1a) for the trace.</returns>
    internal static (Func<object> Read, ulong Hash) Write(object message)
    {
        string manifest = Serializer.Manifest(message);
        byte[] bytes = Serializer.ToBinary(message);
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return (() => Serializer.FromBinary(bytes, manifest), hash);
    }
}
