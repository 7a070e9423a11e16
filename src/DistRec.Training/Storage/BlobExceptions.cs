namespace DistRec.Training.Storage;

/// <summary>A store cannot do what was asked of it. The message names the store and the blob, what was found, and what to do.</summary>
public class BlobStoreException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>There is no blob of that name.</summary>
public sealed class BlobNotFoundException(string place, string name)
    : BlobStoreException(
        $"{place}: expected the blob {name}, found none; it was removed, or never stored whole: check the name and the store")
{
    /// <summary>The blob that is missing.</summary>
    public string Name { get; } = name;
}

/// <summary>The bytes of a blob are not those that were stored.</summary>
public sealed class BlobDamagedException(string place, string name, string expected, string found)
    : BlobStoreException(
        $"{place}: the blob {name}: expected {expected}, found {found}; it is damaged: remove it and store it again, and check the disk")
{
    /// <summary>The blob that is damaged.</summary>
    public string Name { get; } = name;
}
