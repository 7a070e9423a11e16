namespace DistRec.Models.Persistence;

/// <summary>Constants of the safetensors format (huggingface/safetensors, README, "Format").</summary>
internal static class SafeTensorsFormat
{
    /// <summary>Bytes of the little-endian header length a file starts with.</summary>
    public const int LengthBytes = 8;

    /// <summary>Data starts at a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>Largest header accepted, as in the reference implementation.</summary>
    public const long MaximumHeaderBytes = 100_000_000;

    /// <summary>Key of the free string-to-string map.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Key of the element type.</summary>
    public const string TypeKey = "dtype";

    /// <summary>Key of the dimensions.</summary>
    public const string ShapeKey = "shape";

    /// <summary>Key of the byte range.</summary>
    public const string OffsetsKey = "data_offsets";

    /// <summary>Tables are written and read through memory as they are.</summary>
    public static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("model files are little endian and this processor is not");
        }
    }
}
