/** An emoji of the short authentication string, with its names in the languages this client has. */
export interface SASEmoji {
  readonly symbol: string
  readonly en: string
  readonly de: string
}

// Symbol, English and German name, in the order of the specification's table.
const TABLE: readonly (readonly [string, string, string])[] = [
  ["🐶", "Dog", "Hund"], ["🐱", "Cat", "Katze"], ["🦁", "Lion", "Löwe"], ["🐎", "Horse", "Pferd"],
  ["🦄", "Unicorn", "Einhorn"], ["🐷", "Pig", "Schwein"], ["🐘", "Elephant", "Elefant"], ["🐰", "Rabbit", "Hase"],
  ["🐼", "Panda", "Panda"], ["🐓", "Rooster", "Hahn"], ["🐧", "Penguin", "Pinguin"], ["🐢", "Turtle", "Schildkröte"],
  ["🐟", "Fish", "Fisch"], ["🐙", "Octopus", "Oktopus"], ["🦋", "Butterfly", "Schmetterling"], ["🌷", "Flower", "Blume"],
  ["🌳", "Tree", "Baum"], ["🌵", "Cactus", "Kaktus"], ["🍄", "Mushroom", "Pilz"], ["🌏", "Globe", "Globus"],
  ["🌙", "Moon", "Mond"], ["☁️", "Cloud", "Wolke"], ["🔥", "Fire", "Feuer"], ["🍌", "Banana", "Banane"],
  ["🍎", "Apple", "Apfel"], ["🍓", "Strawberry", "Erdbeere"], ["🌽", "Corn", "Mais"], ["🍕", "Pizza", "Pizza"],
  ["🎂", "Cake", "Kuchen"], ["❤️", "Heart", "Herz"], ["😀", "Smiley", "Lächeln"], ["🤖", "Robot", "Roboter"],
  ["🎩", "Hat", "Hut"], ["👓", "Glasses", "Brille"], ["🔧", "Spanner", "Schraubenschlüssel"], ["🎅", "Santa", "Weihnachtsmann"],
  ["👍", "Thumbs Up", "Daumen Hoch"], ["☂️", "Umbrella", "Regenschirm"], ["⌛", "Hourglass", "Sanduhr"], ["⏰", "Clock", "Uhr"],
  ["🎁", "Gift", "Geschenk"], ["💡", "Light Bulb", "Glühbirne"], ["📕", "Book", "Buch"], ["✏️", "Pencil", "Bleistift"],
  ["📎", "Paperclip", "Büroklammer"], ["✂️", "Scissors", "Schere"], ["🔒", "Lock", "Schloss"], ["🔑", "Key", "Schlüssel"],
  ["🔨", "Hammer", "Hammer"], ["☎️", "Telephone", "Telefon"], ["🏁", "Flag", "Flagge"], ["🚂", "Train", "Zug"],
  ["🚲", "Bicycle", "Fahrrad"], ["✈️", "Aeroplane", "Flugzeug"], ["🚀", "Rocket", "Rakete"], ["🏆", "Trophy", "Pokal"],
  ["⚽", "Ball", "Ball"], ["🎸", "Guitar", "Gitarre"], ["🎺", "Trumpet", "Trompete"], ["🔔", "Bell", "Glocke"],
  ["⚓", "Anchor", "Anker"], ["🎧", "Headphones", "Kopfhörer"], ["📁", "Folder", "Ordner"], ["📌", "Pin", "Stecknadel"],
]

/** The 64 emoji, by their number. */
export const sasEmoji: readonly SASEmoji[] = TABLE.map(([symbol, en, de]) => ({ symbol, en, de }))
