using System.Security.Cryptography;

namespace DistRec.Models.Persistence;

/// <summary>Length and SHA-256 of the files of a model folder.</summary>
internal static class FileHash
{
    /// <summary>Compares a file with what the description says of it.</summary>
    /// <exception cref="InputException">It is missing, shorter, longer or different.</exception>
    public static void Verify(string folder, ModelFile file)
    {
        const string Advice = "the file is damaged or of another model; copy or train the model again";
        string path = Path.Combine(folder, file.Name);
        if (Path.GetFileName(file.Name) != file.Name)
        {
            throw InputException.At(path, "a file inside the folder", file.Name, Advice);
        }

        FileErrors.Guard(path, "a readable file", () =>
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length != file.Bytes)
            {
                throw InputException.At(path, $"{file.Bytes} bytes", $"{stream.Length} bytes{(stream.Length < file.Bytes ? ": the file is truncated" : string.Empty)}", Advice);
            }

            string found = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (found != file.Sha256)
            {
                throw InputException.At(path, $"SHA-256 {file.Sha256}", found, Advice);
            }
        });
    }
}
