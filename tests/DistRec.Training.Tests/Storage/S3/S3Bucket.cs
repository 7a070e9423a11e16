using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace DistRec.Training.Tests.Storage.S3;

/// <summary>What a bucket does, without a network: objects, listings by pages, uploads in parts.</summary>
internal sealed class S3Bucket
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = new(StringComparer.Ordinal);
    private int _uploadNumber;

    /// <summary>Uploads that are neither complete nor given up.</summary>
    public int OpenUploads => _uploads.Count;

    public IEnumerable<string> Keys => _objects.Keys;

    public byte[]? Find(string key) => _objects.GetValueOrDefault(key);

    public void Put(string key, byte[] bytes) => _objects[key] = bytes;

    public void Delete(string key) => _objects.TryRemove(key, out _);

    public static string TagOf(byte[] bytes) => $"\"{SignatureV4.Hash(bytes)[..32]}\"";

    public string Begin()
    {
        string upload = Interlocked.Increment(ref _uploadNumber).ToString(CultureInfo.InvariantCulture);
        _uploads[upload] = [];
        return upload;
    }

    public bool PutPart(string upload, int number, byte[] bytes)
    {
        if (!_uploads.TryGetValue(upload, out SortedDictionary<int, byte[]>? parts))
        {
            return false;
        }

        lock (parts)
        {
            parts[number] = bytes;
        }

        return true;
    }

    /// <summary>Joins the parts that the request names, where each is there with its tag.</summary>
    public bool Complete(string upload, string key, XElement request)
    {
        if (!_uploads.TryGetValue(upload, out SortedDictionary<int, byte[]>? parts))
        {
            return false;
        }

        List<byte> whole = [];
        foreach (XElement part in request.Elements().Where(element => element.Name.LocalName == "Part"))
        {
            int number = int.Parse(part.Elements().Single(element => element.Name.LocalName == "PartNumber").Value, CultureInfo.InvariantCulture);
            string tag = part.Elements().Single(element => element.Name.LocalName == "ETag").Value;
            if (!parts.TryGetValue(number, out byte[]? bytes) || TagOf(bytes).Trim('"') != tag.Trim('"'))
            {
                return false;
            }

            whole.AddRange(bytes);
        }

        _objects[key] = [.. whole];
        return _uploads.TryRemove(upload, out _);
    }

    public void Abort(string upload) => _uploads.TryRemove(upload, out _);

    public string List(string name, string prefix, int most, string? after)
    {
        string[] keys = [.. _objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Where(key => after is null || string.CompareOrdinal(key, Encoding.UTF8.GetString(Convert.FromBase64String(after))) > 0)];
        string[] page = [.. keys.Take(most)];
        XElement result = new(
            "ListBucketResult", new XElement("Name", name), new XElement("Prefix", prefix), new XElement("KeyCount", page.Length),
            new XElement("MaxKeys", most), new XElement("IsTruncated", keys.Length > page.Length ? "true" : "false"));
        if (keys.Length > page.Length)
        {
            result.Add(new XElement("NextContinuationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes(page[^1]))));
        }

        foreach (string key in page)
        {
            result.Add(new XElement(
                "Contents", new XElement("Key", key), new XElement("LastModified", "2024-01-01T00:00:00.000Z"),
                new XElement("ETag", TagOf(_objects[key])), new XElement("Size", _objects[key].Length), new XElement("StorageClass", "STANDARD")));
        }

        return result.ToString(SaveOptions.DisableFormatting);
    }
}
