namespace DistRec.Models.Persistence;

/// <summary>Element types DistRec reads and writes; the names are those of the safetensors format.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Unsigned byte.</summary>
    U8,
}

internal static class TensorTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Finds a type by its exact name.</summary>
    public static bool TryParse(string? name, out TensorType type)
    {
        (bool known, type) = name switch
        {
            "F32" => (true, TensorType.F32),
            "I32" => (true, TensorType.I32),
            "I64" => (true, TensorType.I64),
            "U8" => (true, TensorType.U8),
            _ => (false, default),
        };
        return known;
    }
}
